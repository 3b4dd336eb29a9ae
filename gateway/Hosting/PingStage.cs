using Microsoft.AspNetCore.Http.Features;

namespace Tidings.Gateway.Hosting;

/// <summary>Marks an endpoint that pings its sockets itself.</summary>
internal sealed class OwnPings
{
    public static OwnPings Instance { get; } = new();
}

/// <summary>Puts a <see cref="PingStream"/> below the sockets of endpoints that ask for it. Before the framework's WebSockets, which are made on it.</summary>
internal sealed class PingStage(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<OwnPings>() is not null)
        {
            var upgrade = new PingUpgrade(context.Features.Get<IHttpUpgradeFeature>(), context.Features.Get<IHttpExtendedConnectFeature>());
            context.Features.Set(upgrade);
            context.Features.Set<IHttpUpgradeFeature>(upgrade);
            if (upgrade.IsExtendedConnect)
            {
                context.Features.Set<IHttpExtendedConnectFeature>(upgrade);
            }
        }

        return next(context);
    }
}

/// <summary>The beginning of a socket, over HTTP/1.1 or as HTTP/2 has it.</summary>
internal sealed class PingUpgrade(IHttpUpgradeFeature? upgrade, IHttpExtendedConnectFeature? connect) : IHttpUpgradeFeature, IHttpExtendedConnectFeature
{
    /// <summary>The socket's stream, once there is a socket.</summary>
    public PingStream? Stream { get; private set; }

    public bool IsUpgradableRequest => upgrade is { IsUpgradableRequest: true };

    public bool IsExtendedConnect => connect is { IsExtendedConnect: true };

    public string? Protocol => connect?.Protocol;

    public async Task<Stream> UpgradeAsync() => Stream = new PingStream(await upgrade!.UpgradeAsync());

    public async ValueTask<Stream> AcceptAsync() => Stream = new PingStream(await connect!.AcceptAsync());
}
