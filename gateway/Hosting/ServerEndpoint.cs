namespace Tidings.Gateway.Hosting;

/// <summary>
/// Metadata of the server's own endpoints. Whoever embeds the server has others beside them, and decides alone who may call those, under which
/// name, and with which credentials.
/// </summary>
internal sealed class ServerEndpoint
{
    public static ServerEndpoint Instance { get; } = new();

    /// <summary>Whether a request is for an endpoint of the application around the server.</summary>
    public static bool IsForeign(HttpContext context) => context.GetEndpoint() is { } endpoint && endpoint.Metadata.GetMetadata<ServerEndpoint>() is null;
}
