using System.Collections.Concurrent;
using System.Xml.Linq;
using Tidings.Protocols.Personium;

namespace Tidings.Gateway.Personium;

/// <summary>Finds queues and topics: a stream collection declares them in its properties.</summary>
internal sealed class StreamDirectory(IClusterClient cluster, PersoniumAccess access, TimeProvider time)
{
    private const int MostKnown = 10_000;
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>The collection of a queue or topic as it is looked at; null where its box does not exist.</summary>
    public async Task<PersoniumView?> LookAsync(PersoniumCall call, StreamPath stream) => access.HasBox(call.Cell, call.Box)
        ? await cluster.GetGrain<IPersoniumBoxGrain>($"{call.Cell}/{call.Box}").Look(stream.Collection, children: false)
        : null;

    /// <summary>
    /// The collection of a queue or topic that it declares, as it was at most a second ago: however many sockets ask, its box is asked once. Null where
    /// it is declared no more.
    /// </summary>
    public async Task<PersoniumView?> LookLatelyAsync(PersoniumCall call, StreamPath stream)
    {
        var (key, now) = ($"{call.Cell}/{call.Box}/{stream.Path}", time.GetSteadyNow());
        if (!_known.TryGetValue(key, out var known) || now - known.At >= Lately)
        {
            if (_known.Count >= MostKnown)
            {
                _known.Clear();
            }

            _known[key] = known = new Known(now, LookDeclaredAsync(call, stream));
        }

        return await known.View;
    }

    private async Task<PersoniumView?> LookDeclaredAsync(PersoniumCall call, StreamPath stream) =>
        await LookAsync(call, stream) is { } view && Declares(view, stream) ? view : null;

    /// <summary>Whether a collection is a stream's and declares a queue or topic.</summary>
    public static bool Declares(PersoniumView view, StreamPath stream)
    {
        var name = stream.Kind == StreamKind.Queue ? PropertyUpdate.Queues : PropertyUpdate.Topics;
        return view.Found is { IsStream: true } found
            && Array.Find(found.Properties, property => property.Name == name.ToString()) is { } declared
            && PropertyUpdate.NamesIn(XElement.Parse(declared.Xml)).Contains(stream.Name, StringComparer.Ordinal);
    }

    private sealed record Known(DateTimeOffset At, Task<PersoniumView?> View);
}
