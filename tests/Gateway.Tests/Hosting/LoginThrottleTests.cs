using System.Net;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Hosting;

namespace Tidings.Gateway.Tests.Hosting;

/// <summary>Password spraying and guessing.</summary>
public sealed class LoginThrottleTests : IDisposable
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");

    private readonly StoppedClock _time = new();
    private readonly LoginThrottle _throttle;

    public LoginThrottleTests() => _throttle = New(new RateOptions { FailedLoginsPerAddress = 3, FailedLoginsPerAccount = 5 });

    public void Dispose() => _throttle.Dispose();

    [Fact]
    public async Task One_address_cannot_spray_many_accounts()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await FailAsync(Here, $"t/user{i}"));
        }

        Assert.False(await FailAsync(Here, "t/user3"));
        Assert.True(await FailAsync(IPAddress.Parse("192.0.2.2"), "t/user3"));
    }

    [Fact]
    public async Task Many_addresses_cannot_guess_at_one_account()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.True(await FailAsync(IPAddress.Parse($"192.0.2.{i}"), "t/admin"));
        }

        Assert.False(await FailAsync(IPAddress.Parse("192.0.2.9"), "t/admin"));
        Assert.True(await FailAsync(IPAddress.Parse("192.0.2.9"), "t/other"));
    }

    [Fact]
    public async Task Who_logged_in_here_of_late_does_not_wait_for_what_is_guessed_elsewhere()
    {
        using (var right = await _throttle.BeginAsync(Here, "t/admin", CancellationToken.None))
        {
            right.Succeeded();
        }

        for (var i = 2; i < 8; i++)
        {
            await FailAsync(IPAddress.Parse($"192.0.2.{i}"), "t/admin");
        }

        Assert.False(await FailAsync(IPAddress.Parse("192.0.2.9"), "t/admin"));
        for (var i = 0; i < 3; i++)
        {
            // Guesses at the known address count for it.
            Assert.True(await FailAsync(Here, "t/admin"));
        }

        Assert.False(await FailAsync(Here, "t/admin"));
    }

    [Fact]
    public async Task An_address_is_not_known_for_ever()
    {
        using (var right = await _throttle.BeginAsync(Here, "t/admin", CancellationToken.None))
        {
            right.Succeeded();
        }

        _time.Now += TimeSpan.FromDays(1);
        _throttle.Sweep();
        for (var i = 2; i < 7; i++)
        {
            await FailAsync(IPAddress.Parse($"192.0.2.{i}"), "t/admin");
        }

        Assert.False(await FailAsync(Here, "t/admin"));
    }

    [Fact]
    public async Task Who_guesses_at_keys_makes_nobody_else_wait()
    {
        for (var i = 0; i < 10; i++)
        {
            await FailAsync(IPAddress.Parse($"192.0.2.{i + 10}"), "");
        }

        Assert.True(await FailAsync(IPAddress.Parse("192.0.2.9"), ""));
    }

    [Fact]
    public async Task Failures_at_other_gateways_count()
    {
        var told = new List<string>();
        _throttle.FailedHere += (from, account) => told.Add($"{from} {account}");
        _throttle.FailedElsewhere("192.0.2.1", "t/a");
        _throttle.FailedElsewhere("192.0.2.1", "t/b");

        Assert.True(await FailAsync(Here, "t/c"));
        Assert.False(await FailAsync(Here, "t/d"));
        Assert.Equal(["192.0.2.1 t/c"], told);
    }

    [Fact]
    public async Task Addresses_of_one_ipv6_network_are_one_caller()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await FailAsync(IPAddress.Parse($"2001:db8::{i}"), $"t/user{i}"));
        }

        Assert.False(await FailAsync(IPAddress.Parse("2001:db8::9"), "t/user9"));
        Assert.True(await FailAsync(IPAddress.Parse("2001:db8:0:1::9"), "t/user9"));
    }

    [Fact]
    public async Task Waiting_as_told_suffices_and_success_costs_nothing()
    {
        while (await FailAsync(Here, "t/user"))
        {
        }

        using (var refused = await _throttle.BeginAsync(Here, "t/user", CancellationToken.None))
        {
            Assert.False(refused.IsAllowed);
            Assert.InRange(refused.RetryAfter, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(10));
            _time.Now += refused.RetryAfter;
        }

        for (var i = 0; i < 100; i++)
        {
            using var attempt = await _throttle.BeginAsync(Here, "t/user", CancellationToken.None);
            Assert.True(attempt.IsAllowed);
        }

        Assert.True(await FailAsync(Here, "t/user"));
        Assert.False(await FailAsync(Here, "t/user"));
    }

    [Fact]
    public async Task Attempts_beside_each_other_do_not_slip_through()
    {
        using var throttle = New(new RateOptions { FailedLoginsPerAddress = 3, LoginsAtOnce = 1 });
        var first = await throttle.BeginAsync(Here, "t/a", CancellationToken.None);
        var others = Enumerable.Range(0, 10).Select(i => throttle.BeginAsync(Here, $"t/{i}", CancellationToken.None).AsTask()).ToList();
        Assert.DoesNotContain(others, static other => other.IsCompleted);

        first.Failed();
        first.Dispose();
        var allowed = 1;
        foreach (var other in others)
        {
            using var attempt = await other.WaitAsync(TimeSpan.FromSeconds(10));
            allowed += attempt.IsAllowed ? 1 : 0;
            attempt.Failed();
        }

        Assert.Equal(3, allowed);
    }

    [Fact]
    public async Task Beyond_what_may_wait_attempts_are_refused()
    {
        using var throttle = New(new RateOptions { LoginsAtOnce = 1 });
        using var first = await throttle.BeginAsync(Here, "t/a", CancellationToken.None);
        using var leaving = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, 16).Select(_ => throttle.BeginAsync(Here, "t/a", leaving.Token).AsTask()).ToList();

        using var refused = await throttle.BeginAsync(Here, "t/a", CancellationToken.None);

        Assert.False(refused.IsAllowed);
        await leaving.CancelAsync();
        foreach (var attempt in waiting)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt);
        }
    }

    private LoginThrottle New(RateOptions options) => new(Options.Create(options), TestMetrics.New(), _time);

    private async Task<bool> FailAsync(IPAddress address, string account)
    {
        using var attempt = await _throttle.BeginAsync(address, account, CancellationToken.None);
        attempt.Failed();
        return attempt.IsAllowed;
    }
}
