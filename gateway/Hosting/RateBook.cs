using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Hosting;

/// <summary>Every caller that is counted apart.</summary>
internal sealed class RateBook(IOptions<RateOptions> options, GatewayMetrics metrics)
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);

    private readonly RateOptions _options = options.Value;
    private readonly ConcurrentDictionary<string, CallerBuckets> _callers = new(StringComparer.Ordinal);

    /// <summary>How many are counted apart.</summary>
    public int Count => _callers.Count;

    /// <summary>How many requests and sockets refer to one.</summary>
    public int Held => _callers.Values.Sum(static caller => caller.Holders);

    /// <summary>The rates of a request, or of the socket it becomes; looked up once and released with it.</summary>
    public CallerRates Of(HttpContext context)
    {
        if (context.Features.Get<Known>() is not { } known || !ReferenceEquals(known.User, context.User))
        {
            // Another user: somebody logged in on the way.
            known = new Known(context.User, Look(context));
            if (ReferenceEquals(known.Rates, CallerRates.Unlimited))
            {
                return known.Rates;
            }

            context.Features.Set(known);
            context.Response.RegisterForDispose(known.Rates);
        }

        return known.Rates;
    }

    /// <summary>A request that another one makes inside the server counts as that one's: what it holds is released with the outer one.</summary>
    public void Lend(HttpContext outer, HttpContext inner)
    {
        Of(outer);
        inner.Features.Set(outer.Features.Get<Known>());
    }

    /// <summary>Forgets who has been quiet for a while.</summary>
    public void Sweep()
    {
        foreach (var (key, buckets) in _callers)
        {
            if (buckets.TryForget(Idle))
            {
                _callers.TryRemove(KeyValuePair.Create(key, buckets));
                buckets.Dispose();
            }
        }
    }

    /// <summary>An address as it counts: somebody who has one IPv6 address has all 2^64 of its network (RFC 6177).</summary>
    internal static string KeyOf(IPAddress? address)
    {
        if (address is null)
        {
            return "none";
        }

        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes(), 0, 8) : address.ToString();
    }

    private static bool IsBounded(Rate rate) => rate is not { Handshakes: 0, Publishes: 0, Bytes: 0 };

    private CallerRates Look(HttpContext context)
    {
        var callers = new List<CallerBuckets>(3);
        var address = context.Connection.RemoteIpAddress;
        if (_options.Loopback || (address is not null && !IPAddress.IsLoopback(address)))
        {
            callers.Add(Hold("a ", KeyOf(address), _options.Address, _options.SessionsPerAddress));
        }

        if (IsBounded(_options.User) && context.User.Identity is { IsAuthenticated: true } identity)
        {
            callers.Add(Hold("u ", $"{context.Tenant()}/{context.User.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? identity.Name}", _options.User, 0));
        }

        if (IsBounded(_options.Tenant))
        {
            callers.Add(Hold("t ", context.Tenant(), _options.Tenant, 0));
        }

        return callers.Count == 0 ? CallerRates.Unlimited : new CallerRates([.. callers], metrics);
    }

    private CallerBuckets Hold(string kind, string name, Rate rate, int sessions)
    {
        while (true)
        {
            var key = kind + name;
            if (!_callers.ContainsKey(key) && _callers.Count >= _options.Callers)
            {
                key = kind;
            }

            var buckets = _callers.GetOrAdd(key, static (_, made) => new CallerBuckets(made.Rate, made.Burst, made.Sessions), (Rate: rate, Burst: _options.BurstSeconds, Sessions: sessions));
            if (buckets.TryHold())
            {
                return buckets;
            }

            // It is being forgotten right now.
            _callers.TryRemove(KeyValuePair.Create(key, buckets));
        }
    }

    private sealed record Known(ClaimsPrincipal User, CallerRates Rates);
}
