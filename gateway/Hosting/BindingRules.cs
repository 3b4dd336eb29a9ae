using System.Net;
using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Hosting;

/// <summary>Where the server may listen: on loopback always, elsewhere with authentication, and with TLS or word that it ends upstream.</summary>
internal sealed class BindingRules(IOptions<DoorOptions> options, IAuthenticationPresence presence)
{
    /// <summary>The same before the server has started, when nobody has looked into the store of users yet.</summary>
    public async ValueTask<string?> RefusalBeforeStartAsync(IEnumerable<string> addresses)
    {
        var wide = addresses.Where(static address => !IsLoopback(address)).ToList();
        if (wide.Count > 0)
        {
            await presence.LookAsync();
        }

        return RefusalOf(wide);
    }

    /// <summary>Why the server must not listen on one of these addresses; null if it may on all.</summary>
    public string? RefusalOf(IEnumerable<string> addresses)
    {
        foreach (var address in addresses.Where(static address => !IsLoopback(address)))
        {
            if (!presence.IsConfigured)
            {
                return $"Refusing to listen on {address}: nobody could log in there. Bind to 127.0.0.1, or configure who may: "
                    + "Tidings:BootstrapAdmin, Tidings:Users or Tidings:Issuers; or make users through the admin API first. "
                    + "Tidings:Anonymous=true alone does not suffice.";
            }

            if (!options.Value.TlsEndsUpstream && !address.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
            {
                return $"Refusing to listen on {address}: passwords and messages would cross the network in the clear. "
                    + "Use https:// with Tidings:Tls:Certificate, or set Tidings:TlsEndsUpstream=true where a proxy before this server ends TLS.";
            }
        }

        return null;
    }

    private static bool IsLoopback(string address)
    {
        var binding = BindingAddress.Parse(address);
        return OriginGuard.IsLoopbackName(binding.Host) || binding.IsUnixPipe || (IPAddress.TryParse(binding.Host, out var ip) && IPAddress.IsLoopback(ip));
    }
}
