using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Tests.Sessions;

public sealed class GatewayHubTests
{
    [Fact]
    public async Task Silos_know_it_by_one_address_however_many_sessions_begin_at_once()
    {
        const int Sessions = 4;
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var asking = new CountdownEvent(Sessions);
        var references = 0;
        var cluster = StubCluster.Of(static (_, _) => throw new NotSupportedException(), () =>
        {
            Interlocked.Increment(ref references);
            Assert.True(asking.Wait(TimeSpan.FromSeconds(30)), "Not every session asked.");
        });
        var metrics = new GatewayMetrics(services.GetRequiredService<IMeterFactory>());
        var windows = new WindowPolicies(Options.Create(new WindowOptions()), metrics);
        var hub = new GatewayHub(cluster, Options.Create(new TidingsLimits()), windows, TimeProvider.System, metrics, NullLogger<GatewayHub>.Instance);
        var asked = Enumerable.Range(0, Sessions).Select(_ => Task.Factory.StartNew(
            () =>
            {
                asking.Signal();
                return hub.Address.Id;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default));

        Assert.Single((await Task.WhenAll(asked)).Distinct());
        Assert.Equal(1, references);
    }

    [Fact]
    public async Task A_silo_that_was_given_up_must_begin_anew()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var metrics = new GatewayMetrics(services.GetRequiredService<IMeterFactory>());
        var windows = new WindowPolicies(Options.Create(new WindowOptions()), metrics);
        var hub = new GatewayHub(StubCluster.None, Options.Create(new TidingsLimits()), windows, TimeProvider.System, metrics, NullLogger<GatewayHub>.Instance);
        LinkFrame frame = new() { Kind = LinkFrameKind.Forget, Tenant = ChannelId.DefaultTenant };
        LinkBatch Batch(long link, long first) => new() { Silo = "silo", Link = link, FirstFrame = first, Frames = [frame] };

        Assert.Equal(1, (await hub.Receive(Batch(link: 7, first: 1))).Received);
        GatewayHub.Drop(Assert.Single(hub.Receivers));

        Assert.Empty(hub.Receivers);
        Assert.Equal(LinkAck.Refused, await hub.Receive(Batch(link: 7, first: 2)));
        Assert.Equal(1, (await hub.Receive(Batch(link: 8, first: 1))).Received);
        Assert.Equal(LinkAck.Refused, await hub.Receive(Batch(link: 7, first: 3)));
    }
}
