using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace Tidings.Gateway.Hosting;

/// <summary>Believes forwarded headers of the configured proxies, and of nobody else: not even of this machine's own addresses.</summary>
internal sealed class TrustedProxies(IOptions<DoorOptions> options) : IConfigureOptions<ForwardedHeadersOptions>
{
    public void Configure(ForwardedHeadersOptions forwarded)
    {
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        if (options.Value.Proxies.Count == 0)
        {
            return;
        }

        // The host name is the client's own, and not a proxy's to change: what decides about origins is what the browser saw.
        forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
        // A chain of proxies is followed back to the first that is not known.
        forwarded.ForwardLimit = null;
        foreach (var proxy in options.Value.Proxies)
        {
            if (IPNetwork.TryParse(proxy, out var network))
            {
                forwarded.KnownIPNetworks.Add(network);
            }
            else
            {
                forwarded.KnownProxies.Add(IPAddress.Parse(proxy));
            }
        }
    }
}
