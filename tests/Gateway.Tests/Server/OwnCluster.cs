using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tidings.Silo;

namespace Tidings.Gateway.Tests.Server;

/// <summary>A silo and a gateway of one test, with a Redis between them, in this process.</summary>
internal sealed class OwnCluster : IAsyncDisposable
{
    private readonly IHost _silo;

    private OwnCluster(IHost silo, OwnServer gateway) => (_silo, Gateway) = (silo, gateway);

    public OwnServer Gateway { get; }

    public static async Task<OwnCluster> StartAsync(IPEndPoint redis, params (string Key, string Value)[] settings)
    {
        settings = [("Tidings:Redis", $"{redis}"), ("Tidings:ClusterId", $"test-{Guid.NewGuid():N}"), ("Tidings:AdvertisedIP", "127.0.0.1"), .. settings];
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(static setting => setting.Key, static setting => (string?)setting.Value));
        builder.AddTidingsSilo();
        var silo = builder.Build();
        await silo.StartAsync();
        return new OwnCluster(silo, await OwnServer.StartAsync(settings));
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await _silo.StopAsync();
        _silo.Dispose();
    }
}
