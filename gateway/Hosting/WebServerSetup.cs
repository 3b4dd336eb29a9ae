using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Hosting;

/// <summary>The web server's own bounds against clients that send slowly or much, and its certificate.</summary>
internal sealed class WebServerSetup(IOptions<DoorOptions> door, IOptions<TlsOptions> tls, IServiceProvider services) : IConfigureOptions<KestrelServerOptions>
{
    private static readonly TimeSpan BodyGrace = TimeSpan.FromSeconds(5);

    public void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.RequestHeadersTimeout = door.Value.RequestHeadPatience;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(door.Value.BodyBytesPerSecond, BodyGrace);
        kestrel.Limits.MaxConcurrentConnections = door.Value.Connections;
        kestrel.Limits.MaxConcurrentUpgradedConnections = door.Value.Connections;
        if (!string.IsNullOrEmpty(tls.Value.Certificate))
        {
            kestrel.ConfigureHttpsDefaults(UseCertificate);
        }
    }

    private void UseCertificate(HttpsConnectionAdapterOptions https)
    {
        var certificate = services.GetRequiredService<ServerCertificate>();
        https.ServerCertificateSelector = (_, _) => certificate.Current.TargetCertificate;
        // The selector alone would send no chain.
        https.OnAuthenticate = (_, ssl) =>
        {
            ssl.ServerCertificateSelectionCallback = null;
            ssl.ServerCertificateContext = certificate.Current;
        };
    }
}
