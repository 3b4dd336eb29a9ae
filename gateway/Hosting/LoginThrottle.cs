using System.Collections.Concurrent;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Hosting;

/// <summary>
/// Failures take from two counts, the address's and the account's; each fills up slowly, and who has emptied one waits. So one address
/// cannot spray many accounts, and many addresses cannot work on one. A success costs nothing, and its address is known to the account for a
/// while: what others guess elsewhere makes nobody wait there. What is guessed there counts for the address alone.
/// </summary>
internal sealed class LoginThrottle(IOptions<RateOptions> options, GatewayMetrics metrics, TimeProvider time) : ILoginThrottle, IDisposable
{
    private const int WaitingPerChecking = 16;
    private const int LongestAccount = 256;

    private readonly ConcurrentDictionary<string, VirtualSchedule> _failures = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _known = new(StringComparer.Ordinal);
    private readonly PartitionedRateLimiter<string> _checking = PartitionedRateLimiter.Create<string, string>(address =>
        RateLimitPartition.GetConcurrencyLimiter(address, _ => new ConcurrencyLimiterOptions
        {
            PermitLimit = options.Value.LoginsAtOnce,
            QueueLimit = options.Value.LoginsAtOnce * WaitingPerChecking,
        }));

    /// <summary>A log-in failed here: the address as it counts, and the account. Other gateways of a cluster are to count it, too.</summary>
    public event Action<string, string>? FailedHere;

    public async ValueTask<LoginAttempt> BeginAsync(IPAddress? address, string account, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        var from = RateBook.KeyOf(address);
        if (Wait(from, account) is { Ticks: > 0 } early)
        {
            return Refuse(early);
        }

        var checking = await _checking.AcquireAsync(from, 1, cancellationToken);
        if (!checking.IsAcquired)
        {
            checking.Dispose();
            return Refuse(TimeSpan.FromSeconds(1));
        }

        // Others of this address may have failed while this one waited.
        if (Wait(from, account) is { Ticks: > 0 } late)
        {
            checking.Dispose();
            return Refuse(late);
        }

        return new LoginAttempt(() => Fail(from, account), () => Know(from, account), checking);
    }

    /// <summary>A log-in failed at another gateway.</summary>
    public void FailedElsewhere(string from, string account) => Count(from, account);

    /// <summary>Forgets failures that have been made up for.</summary>
    public void Sweep()
    {
        var now = time.GetSteadyNow();
        foreach (var (key, failures) in _failures)
        {
            if (failures.IsForgotten(now))
            {
                _failures.TryRemove(KeyValuePair.Create(key, failures));
            }
        }

        foreach (var (key, since) in _known)
        {
            if (!IsFresh(since, now))
            {
                _known.TryRemove(KeyValuePair.Create(key, since));
            }
        }
    }

    public void Dispose() => _checking.Dispose();

    private static string AddressKey(string from) => "a " + from;

    private static string AccountKey(string account) => "u " + (account.Length > LongestAccount ? account[..LongestAccount] : account);

    private LoginAttempt Refuse(TimeSpan retryAfter)
    {
        metrics.Refused.Add(1, new KeyValuePair<string, object?>("limit", "failed_logins"));
        return LoginAttempt.Refused(retryAfter);
    }

    private TimeSpan Wait(string from, string account)
    {
        var (now, one, other) = (time.GetSteadyNow(), TimeSpan.Zero, TimeSpan.Zero);
        if (_failures.TryGetValue(Place(AddressKey(from)), out var address))
        {
            one = address.Wait(now);
        }

        if (account.Length > 0 && !IsKnown(from, account, now) && _failures.TryGetValue(Place(AccountKey(account)), out var named))
        {
            other = named.Wait(now);
        }

        return one > other ? one : other;
    }

    private void Fail(string from, string account)
    {
        Count(from, account);
        FailedHere?.Invoke(from, account);
    }

    private void Count(string from, string account)
    {
        Add(AddressKey(from), options.Value.FailedLoginsPerAddress);
        if (account.Length > 0)
        {
            Add(AccountKey(account), options.Value.FailedLoginsPerAccount);
        }
    }

    private static string KnownKey(string from, string account) => $"{from} {account}";

    private bool IsKnown(string from, string account, DateTimeOffset now) => _known.TryGetValue(KnownKey(from, account), out var since) && IsFresh(since, now);

    private bool IsFresh(DateTimeOffset since, DateTimeOffset now) => now - since < options.Value.KnownAddressAge;

    /// <summary>Where too many are known already, one more is not.</summary>
    private void Know(string from, string account)
    {
        var key = KnownKey(from, account);
        if (account.Length > 0 && (_known.ContainsKey(key) || _known.Count < options.Value.Callers))
        {
            _known[key] = time.GetSteadyNow();
        }
    }

    private void Add(string key, int allowed) => _failures
        .GetOrAdd(Place(key), static (_, made) => new VirtualSchedule(made.Allowed, made.Penalty), (Allowed: allowed, Penalty: options.Value.FailedLoginPenalty))
        .Add(time.GetSteadyNow());

    /// <summary>Where a key is counted: beyond the bound, newcomers of a kind share one count.</summary>
    private string Place(string key) => _failures.Count >= options.Value.Callers && !_failures.ContainsKey(key) ? key[..2] : key;
}
