using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Tidings.Silo;

/// <summary>
/// Looks, before a program starts, for what its operator can mend, and tells it from what only a trace explains: the host itself would tell of both by
/// the traces of all that then fails.
/// </summary>
public static class StartCheck
{
    private const string Binder = "Microsoft.Extensions.Configuration.Binder";

    /// <summary>What to tell of a program that could not start; null if the exception says more.</summary>
    public static string? ReasonOf(Exception exception) => exception switch
    {
        StartRefusedException or OptionsValidationException => exception.Message,
        AggregateException several when several.InnerExceptions.All(static inner => inner is OptionsValidationException) =>
            string.Join(' ', several.InnerExceptions.Select(static inner => inner.Message)),

        // A value that cannot be read as what it should be; the message names the setting, that of an element of a list the inner one.
        InvalidOperationException { Source: Binder, InnerException: InvalidOperationException { Source: Binder } inner } => ReasonOf(inner),
        InvalidOperationException { Source: Binder } => exception.Message,
        _ => null,
    };

    /// <summary>Checks settings, and whether the program may listen where they say: nothing has been begun then.</summary>
    /// <param name="services">The program's.</param>
    /// <param name="addresses">Such as <c>http://127.0.0.1:8080</c>.</param>
    /// <exception cref="StartRefusedException">It may not.</exception>
    /// <exception cref="OptionsValidationException">A setting cannot be meant.</exception>
    public static void Check(IServiceProvider services, IEnumerable<string> addresses)
    {
        services.GetService<IStartupValidator>()?.Validate();
        foreach (var address in addresses)
        {
            var binding = Parse(address);
            if (!binding.IsUnixPipe && !binding.IsNamedPipe && binding.Port != 0 && !Array.TrueForAll(HostsOf(binding.Host), host => MayListen(host, binding.Port)))
            {
                throw new StartRefusedException($"Cannot listen on {address}: the port is in use, or not for this user. --urls gives another address, such as --urls http://127.0.0.1:8090.");
            }
        }
    }

    /// <summary>Checks whether a silo's own ports are free.</summary>
    /// <exception cref="StartRefusedException">One is not.</exception>
    public static void Check(TidingsClusterOptions options)
    {
        foreach (var (name, port) in ((string, int)[])[(nameof(options.SiloPort), options.SiloPort), (nameof(options.GatewayPort), options.GatewayPort)])
        {
            if (port is < 0 or > IPEndPoint.MaxPort)
            {
                throw new StartRefusedException($"{TidingsClusterOptions.Section}:{name}: {port} is no port.");
            }

            if (port != 0 && !MayListen(IPAddress.TryParse(options.AdvertisedIP, out var address) ? address : IPAddress.Any, port))
            {
                throw new StartRefusedException($"Cannot listen on port {port}: it is in use, or not for this user. {TidingsClusterOptions.Section}:{name} gives another one; 0 takes a free one.");
            }
        }
    }

    private static BindingAddress Parse(string address)
    {
        try
        {
            if (BindingAddress.Parse(address) is { Port: <= IPEndPoint.MaxPort } binding)
            {
                return binding;
            }
        }
        catch (FormatException)
        {
            // Told below.
        }

        throw new StartRefusedException($"Cannot listen on {address}: that is no address such as http://127.0.0.1:8080.");
    }

    private static IPAddress[] HostsOf(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? [IPAddress.Loopback, IPAddress.IPv6Loopback]
        : IPAddress.TryParse(host.Trim('[', ']'), out var address) ? [address]
        : [Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any];

    /// <summary>Whether a port is free. What else may be wrong with an address is the server's to find out.</summary>
    private static bool MayListen(IPAddress address, int port)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode is not (SocketError.AddressAlreadyInUse or SocketError.AccessDenied);
        }
    }
}

/// <summary>A program is not to start as it is configured, or where it runs. The message is for its operator.</summary>
public sealed class StartRefusedException(string message) : InvalidOperationException(message);
