using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Identity.Storage;
using Tidings.Gateway.Tests.Hosting;
using Tidings.Gateway.Tests.Server;
using Tidings.Grains.Logs;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>Two gateways of a cluster, and one who guesses at both.</summary>
public sealed class FailedLoginRelayTests(RedisServerFixture redis) : IClassFixture<RedisServerFixture>
{
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.1");
    private readonly string _service = Guid.NewGuid().ToString("N");

    [Fact]
    public async Task Who_is_refused_at_one_gateway_is_at_the_other()
    {
        using var here = Throttle(1_000_000);
        using var there = Throttle(3);
        using var one = await RelayAsync(here);
        using var other = await RelayAsync(there);

        await Eventually.TrueAsync(
            async () =>
            {
                await FailAsync(here);
                return !await IsAllowedAsync(there);
            },
            "Failures at one gateway were not counted at the other.");

        Assert.True(await IsAllowedAsync(here));
        await one.StopAsync(CancellationToken.None);
        await other.StopAsync(CancellationToken.None);
    }

    private static LoginThrottle Throttle(int allowed) =>
        new(Options.Create(new RateOptions { FailedLoginsPerAddress = allowed, FailedLoginsPerAccount = 1_000_000, FailedLoginPenalty = TimeSpan.FromHours(1) }), TestMetrics.New(), TimeProvider.System);

    private static async Task FailAsync(LoginThrottle throttle)
    {
        using var attempt = await throttle.BeginAsync(Address, "t/a", CancellationToken.None);
        attempt.Failed();
    }

    private static async Task<bool> IsAllowedAsync(LoginThrottle throttle)
    {
        using var attempt = await throttle.BeginAsync(Address, "t/b", CancellationToken.None);
        return attempt.IsAllowed;
    }

    private async Task<FailedLoginRelay> RelayAsync(LoginThrottle throttle)
    {
        var relay = new FailedLoginRelay(redis.Connection, new RedisIdentityKeys(_service), throttle, NullLogger<FailedLoginRelay>.Instance);
        await relay.StartAsync(CancellationToken.None);
        return relay;
    }
}
