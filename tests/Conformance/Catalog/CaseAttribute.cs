namespace Tidings.Conformance.Catalog;

/// <summary>The transports a case is run on.</summary>
[Flags]
enum On
{
    LongPolling = 1,
    CallbackPolling = 2,
    WebSocket = 4,
    Http = LongPolling | CallbackPolling,
    All = Http | WebSocket,
}

/// <summary>How the server is configured for a case. A server that can be started in one way only offers the default.</summary>
enum Profile
{
    /// <summary>No options but short times.</summary>
    Default,

    /// <summary>The browser cookie is on and binds a session to its browser.</summary>
    Cookie,

    /// <summary>Each switch is turned away from its default.</summary>
    Switches,

    /// <summary>An application with server code: a service, policies, extensions (see README).</summary>
    Echo,
}

/// <summary>What has to be known of a server before a case can judge it.</summary>
[Flags]
enum Needs
{
    None = 0,

    /// <summary>How long a session lives without a connect.</summary>
    Lifetime = 1,

    /// <summary>The largest request the server takes.</summary>
    SizeLimit = 2,

    /// <summary>Lazy channels under /lazy/* and at /lazynews.</summary>
    Lazy = 4,

    /// <summary>An origin that may call from a browser.</summary>
    Origin = 8,

    /// <summary>The suite can start and stop a server of its own.</summary>
    Process = 16,

    /// <summary>An HTTP/2 endpoint without TLS.</summary>
    Http2 = 32,

    /// <summary>In the profile of the switches, that a session queues fewer than 100 messages and reads the others from a log.</summary>
    QueueLimit = 64,
}

/// <summary>One numbered demand on a Bayeux server.</summary>
/// <param name="number">Its number; several methods of a number are told apart by <see cref="Part"/>.</param>
/// <param name="words">What the server must do.</param>
/// <param name="on">The transports it holds on.</param>
[AttributeUsage(AttributeTargets.Method)]
sealed class CaseAttribute(int number, string words, On on = On.All) : Attribute
{
    public int Number { get; } = number;

    public string Words { get; } = words;

    public On On { get; init; } = on;

    /// <summary>A letter, where a number has several parts; empty otherwise.</summary>
    public string Part { get; init; } = "";

    public Profile Profile { get; init; }

    public Needs Needs { get; init; }
}
