using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Identity;

namespace Tidings.Gateway.Hosting;

/// <summary>Every caller that is counted apart.</summary>
internal sealed class RateBook(IOptions<RateOptions> options, AnonymousAccess anonymous, GatewayMetrics metrics)
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);

    private Configured _configured = new(options.Value, "");
    private int _changes;
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

    /// <summary>
    /// A request that another one makes inside the server counts as that one's: what it holds is released with the outer one, whose bytes have
    /// been counted.
    /// </summary>
    public void Lend(HttpContext outer, HttpContext inner) => inner.Features.Set(new Known(inner.User, Of(outer).WithoutBytes));

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
        var now = Now();
        var rates = now.Options;
        var speaker = new List<CallerBuckets>(2);
        var from = context.Connection.RemoteIpAddress;
        var address = rates.Loopback || (from is not null && !IPAddress.IsLoopback(from))
            ? Hold(now, "a ", KeyOf(from), rates.Address, rates.SessionsPerAddress)
            : null;
        if (IsBounded(rates.User) && context.User.Identity is { IsAuthenticated: true })
        {
            speaker.Add(Hold(now, "u ", $"{context.Tenant()}/{ApplicationUser.NameOf(context.User)}", rates.User, 0));
        }

        // Who shows no credentials where these are needed is of no tenant yet: its messages may say which.
        if (IsBounded(rates.Tenant) && (context.User.Identity is { IsAuthenticated: true } || anonymous.Allows(context)))
        {
            speaker.Add(Hold(now, "t ", context.Tenant(), rates.Tenant, 0));
        }

        return address is null && speaker.Count == 0 ? CallerRates.Unlimited : new CallerRates(address, [.. speaker], metrics);
    }

    /// <summary>
    /// The rates as they are configured now. Callers under former ones go by other names, and are forgotten when their last request or
    /// socket has ended.
    /// </summary>
    private Configured Now()
    {
        var now = Volatile.Read(ref _configured);
        if (!ReferenceEquals(now.Options, options.Value))
        {
            var latest = new Configured(options.Value, $"{Interlocked.Increment(ref _changes)} ");
            now = Interlocked.CompareExchange(ref _configured, latest, now) == now ? latest : Volatile.Read(ref _configured);
        }

        return now;
    }

    private CallerBuckets Hold(Configured now, string kind, string name, Rate rate, int sessions)
    {
        while (true)
        {
            var key = now.Prefix + kind + name;
            if (!_callers.ContainsKey(key) && _callers.Count >= now.Options.Callers)
            {
                key = now.Prefix + kind;
            }

            var buckets = _callers.GetOrAdd(key, static (_, made) => new CallerBuckets(made.Rate, made.Burst, made.Sessions), (Rate: rate, Burst: now.Options.BurstSeconds, Sessions: sessions));
            if (buckets.TryHold())
            {
                return buckets;
            }

            // It is being forgotten right now.
            _callers.TryRemove(KeyValuePair.Create(key, buckets));
        }
    }

    private sealed record Configured(RateOptions Options, string Prefix);

    private sealed record Known(ClaimsPrincipal User, CallerRates Rates);
}
