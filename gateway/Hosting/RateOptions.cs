using System.ComponentModel.DataAnnotations;

namespace Tidings.Gateway.Hosting;

/// <summary>
/// How fast callers may be, in configuration section <c>Tidings:Rates</c>; each gateway counts for itself. Beyond a rate: HTTP 429 with
/// <c>Retry-After</c>, a Bayeux message <c>429:limit,value:limit_reached</c>, a handshake also with the advice to wait; counted in
/// <c>tidings.requests.refused</c>. Changes count for a caller's next request or socket, who then begins anew with whole rates; those of failed
/// log-ins and of log-ins at once are read at the start.
/// </summary>
public sealed record RateOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Tidings:Rates";

    /// <summary>Of one client address; of IPv6 the first 64 bits count. Default 200 handshakes, 5,000 publishes and 32 MiB a second.</summary>
    public Rate Address { get; init; } = new() { Handshakes = 200, Publishes = 5000, Bytes = 32 * 1024 * 1024 };

    /// <summary>Of one authenticated user. Default unlimited.</summary>
    public Rate User { get; init; } = new();

    /// <summary>Of one tenant. Default unlimited.</summary>
    public Rate Tenant { get; init; } = new();

    /// <summary>Most sessions of one client address that a gateway holds. Default 10,000; 0 is unlimited. Beyond: <c>429::too_many_sessions</c>, HTTP 429.</summary>
    [Range(0, int.MaxValue)]
    public int SessionsPerAddress { get; init; } = 10_000;

    /// <summary>Whether the bounds of an address hold for this machine's own callers, too. Default false.</summary>
    public bool Loopback { get; init; }

    /// <summary>For how many seconds' worth a caller who was quiet may be faster. Default 5.</summary>
    [Range(1, 3600)]
    public int BurstSeconds { get; init; } = 5;

    /// <summary>Most addresses, users and tenants counted apart. Default 100,000. Beyond: newcomers of a kind share one count.</summary>
    [Range(16, 10_000_000)]
    public int Callers { get; init; } = 100_000;

    /// <summary>Failed log-ins of one address, at all gateways of a cluster together, before it has to wait. Default 10.</summary>
    [Range(1, 1_000_000)]
    public int FailedLoginsPerAddress { get; init; } = 10;

    /// <summary>
    /// Failed log-ins to one account, from everywhere and at all gateways together, before all have to wait who do not come from an address where the
    /// account was logged in to of late (<see cref="KnownAddressAge"/>). Default 20. API keys name no account: 256 random bits are not guessed.
    /// </summary>
    [Range(1, 1_000_000)]
    public int FailedLoginsPerAccount { get; init; } = 20;

    /// <summary>
    /// How long after a log-in its address is known to the account, at the gateway where it was: what is guessed elsewhere makes nobody wait there.
    /// Default 1 day; 0: not at all. At most <see cref="Callers"/> pairs are known; beyond, no other one is.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "366.00:00:00")]
    public TimeSpan KnownAddressAge { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long it takes until one failed log-in is forgotten, so that another may be tried. Default 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan FailedLoginPenalty { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Log-ins of one address that are checked at once; hashing passwords is slow on purpose. Default 4. Beyond: up to 16 times as many wait.</summary>
    [Range(1, 1000)]
    public int LoginsAtOnce { get; init; } = 4;
}

/// <summary>How much of each a second; 0 is unlimited.</summary>
public sealed record Rate
{
    /// <summary>Handshakes, or other beginnings of a session, a second. Default 0: unlimited.</summary>
    [Range(0, int.MaxValue / 3600)]
    public int Handshakes { get; init; }

    /// <summary>Messages published a second. Default 0: unlimited.</summary>
    [Range(0, int.MaxValue / 3600)]
    public int Publishes { get; init; }

    /// <summary>Bytes of requests and frames a second. Default 0: unlimited.</summary>
    [Range(0, int.MaxValue / 3600)]
    public int Bytes { get; init; }
}
