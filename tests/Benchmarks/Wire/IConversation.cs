namespace Tidings.Benchmarks.Wire;

/// <summary>What one client says and hears, without framing and sockets. Called on the loop's thread only.</summary>
internal interface IConversation
{
    /// <summary>True once the client is set up: subscribed, or through its round trips.</summary>
    bool IsReady { get; }

    /// <summary>What the server refused, or null.</summary>
    string? Failure { get; }

    /// <summary>The first text to send, or null to only listen.</summary>
    byte[]? Open();

    /// <summary>Hears a text that arrived at <paramref name="now"/>; returns what to send next, or null.</summary>
    byte[]? Hear(ReadOnlySpan<byte> text, long now);

    /// <summary>What to send before an orderly end, or null.</summary>
    byte[]? Farewell();
}
