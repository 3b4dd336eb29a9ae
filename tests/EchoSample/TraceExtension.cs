using System.Text;
using System.Text.Json.Nodes;
using Tidings.Protocols.Bayeux;

namespace Tidings.EchoSample;

/// <summary>Writes its name into <c>ext.trace</c> of service messages on their way in and of their answers on the way out.</summary>
internal sealed class TraceExtension(string name) : IBayeuxExtension
{
    public ValueTask<bool> IncomingAsync(BayeuxExchange exchange, BayeuxMessage message)
    {
        message.Ext = Trace.Append(message.Ext, name + " in");
        return ValueTask.FromResult(true);
    }

    public ValueTask OutgoingAsync(BayeuxExchange exchange, BayeuxMessage request, BayeuxMessage reply)
    {
        reply.Ext = Trace.Append(reply.Ext, name + " out");
        return ValueTask.CompletedTask;
    }
}

/// <summary>Throws where a message asks for it: the message must not suffer.</summary>
internal sealed class FaultyExtension : IBayeuxExtension
{
    public ValueTask<bool> IncomingAsync(BayeuxExchange exchange, BayeuxMessage message) =>
        !message.Ext.IsEmpty && (bool?)(JsonNode.Parse(message.Ext.Span)?["throw"] as JsonValue) == true
            ? throw new InvalidOperationException("This message asked for it.")
            : ValueTask.FromResult(true);
}

/// <summary>The array <c>ext.trace</c>.</summary>
internal static class Trace
{
    public static ReadOnlyMemory<byte> Append(ReadOnlyMemory<byte> ext, string entry)
    {
        if (ext.IsEmpty || JsonNode.Parse(ext.Span) is not JsonObject parsed || parsed["trace"] is not JsonArray trace)
        {
            return ext;
        }

        trace.Add(entry);
        return Encoding.UTF8.GetBytes(parsed.ToJsonString());
    }
}
