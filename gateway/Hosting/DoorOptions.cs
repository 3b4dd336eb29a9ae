namespace Tidings.Gateway.Hosting;

/// <summary>The gateway's door, in configuration section <c>Tidings</c>.</summary>
public sealed record DoorOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Tidings";

    /// <summary>
    /// Whether callers without credentials are served wherever they come from. Default false: then the gateway binds to loopback only,
    /// and refuses requests whose Host or Origin is not a loopback name, so that no web page reaches a developer's local server.
    /// </summary>
    public bool Anonymous { get; init; }

    /// <summary>
    /// Origins of web pages that may call from browsers (CORS, and WebSockets), such as <c>https://app.example</c>. Pages of the gateway's
    /// own host always may. Default none.
    /// </summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];
}
