using System.Xml.Linq;
using Tidings.Protocols.Personium;

namespace Tidings.Gateway.Personium;

/// <summary>Finds queues and topics: a stream collection declares them in its properties.</summary>
internal sealed class StreamDirectory(IClusterClient cluster, PersoniumAccess access)
{
    /// <summary>The collection of a queue or topic as it is looked at; null where its box does not exist.</summary>
    public async Task<PersoniumView?> LookAsync(PersoniumCall call, StreamPath stream) => access.HasBox(call.Cell, call.Box)
        ? await cluster.GetGrain<IPersoniumBoxGrain>($"{call.Cell}/{call.Box}").Look(stream.Collection, children: false)
        : null;

    /// <summary>Whether a collection is a stream's and declares a queue or topic.</summary>
    public static bool Declares(PersoniumView view, StreamPath stream)
    {
        var name = stream.Kind == StreamKind.Queue ? PropertyUpdate.Queues : PropertyUpdate.Topics;
        return view.Found is { IsStream: true } found
            && Array.Find(found.Properties, property => property.Name == name.ToString()) is { } declared
            && PropertyUpdate.NamesIn(XElement.Parse(declared.Xml)).Contains(stream.Name, StringComparer.Ordinal);
    }
}
