using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Sessions;
using Tidings.Gateway.Tests.Hosting;
using Tidings.Gateway.Tests.Server;

namespace Tidings.Gateway.Tests.Sessions;

public sealed class SessionClockTests
{
    [Fact]
    public async Task A_session_that_comes_while_the_gateway_stops_is_told_so_too()
    {
        var metrics = TestMetrics.New();
        var limits = Options.Create(new TidingsLimits());
        var time = TimeProvider.System;
        var hub = new GatewayHub(
            StubCluster.None, limits, new WindowPolicies(Options.Create(new WindowOptions()), metrics), time, metrics, NullLogger<GatewayHub>.Instance);
        var lanes = new PublishLanes(new ChannelGrains(StubCluster.None), limits, time, metrics, NullLogger<PublishLanes>.Instance);
        var door = new SessionDoor(StubCluster.None, hub, lanes, null!, null!, time, metrics, NullLogger<SessionDoor>.Instance);
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        using var clock = new SessionClock(hub, door, lifetime, time, metrics, NullLogger<SessionClock>.Instance);
        await clock.StartAsync(CancellationToken.None);
        var late = new Told();

        lifetime.StopApplication();
        hub.Add(ChannelId.DefaultTenant, "late").Protocol = late;

        await Eventually.TrueAsync(() => late.IsStopping, "the late session's being told");
        await clock.StopAsync(CancellationToken.None);
    }

    private sealed class Told : IProtocolSession
    {
        public string Transport => Transports.None;

        public bool IsStopping { get; private set; }

        public void Tick(LocalSession session, DateTimeOffset now)
        {
        }

        public void Released(LocalSession session)
        {
        }

        public void Ended(LocalSession session, SessionEnd reason)
        {
        }

        public void Stopping(LocalSession session) => IsStopping = true;
    }
}
