namespace Tidings.ChaosTests.Records;

/// <summary>What a session's client does.</summary>
/// <param name="Transport">websocket or long-polling.</param>
/// <param name="Assurance">What its client does about lost answers.</param>
sealed record SessionKind(string Transport, Assurance Assurance)
{
    public const string WebSocket = "websocket";
    public const string LongPolling = "long-polling";

    public static IReadOnlyList<SessionKind> All { get; } =
    [
        .. from assurance in Enum.GetValues<Assurance>()
           from transport in new[] { WebSocket, LongPolling }
           select new SessionKind(transport, assurance),
    ];

    /// <summary>Whether nothing at all may be lost.</summary>
    public bool IsAssured => Assurance != Assurance.None;

    public bool Replays => Assurance is Assurance.Replay or Assurance.ReplayAnew;

    public override string ToString() => Assurance switch
    {
        Assurance.None => Transport,
        Assurance.Ack => $"{Transport}, ack",
        Assurance.Replay => $"{Transport}, replay",
        _ => $"{Transport}, replay in a new session",
    };
}

/// <summary>What a client does so that nothing is lost with a connection.</summary>
public enum Assurance
{
    /// <summary>Nothing: what was written to a connection that is then cut may be lost.</summary>
    None,

    /// <summary>The ack extension: each connect names the last batch received.</summary>
    Ack,

    /// <summary>The replay extension: after a cut it subscribes again in the same session, with the last id received.</summary>
    Replay,

    /// <summary>The replay extension: after a cut it makes a new session and subscribes with the last id received.</summary>
    ReplayAnew,
}
