using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Sessions;
using Tidings.Gateway.Tests.Hosting;
using static Tidings.Gateway.Tests.Sessions.Deliveries;

namespace Tidings.Gateway.Tests.Sessions;

/// <summary>The door while a session's silo is away.</summary>
public sealed class SessionDoorTests
{
    private readonly TimerBook _time = new();
    private readonly Queue<Func<object>> _answers = new();
    private readonly GatewayHub _hub;
    private readonly SessionDoor _door;

    public SessionDoorTests()
    {
        var cluster = StubCluster.Of((_, _) => StubSession.Of(() => _answers.Dequeue()()));
        var metrics = TestMetrics.New();
        var limits = Options.Create(new TidingsLimits());
        _hub = new GatewayHub(cluster, limits, new WindowPolicies(Options.Create(new WindowOptions()), metrics), _time, metrics, NullLogger<GatewayHub>.Instance);
        _door = new SessionDoor(
            cluster, _hub, new PublishLanes(new ChannelGrains(cluster), limits, _time, metrics, NullLogger<PublishLanes>.Instance), null!, _time, metrics, NullLogger<SessionDoor>.Instance);
    }

    [Fact]
    public async Task Catching_up_that_fails_is_left_to_the_next_scan()
    {
        var session = _hub.Add(ChannelId.DefaultTenant, "s");
        _answers.Enqueue(static () => Task.FromException<AttachResult>(new TimeoutException("No answer.")));

        await _door.CatchUpAsync(session);

        Assert.True(session.IsOrphan);
        Assert.Empty(_answers);
    }

    [Fact]
    public async Task A_silo_is_told_again_that_a_session_ended()
    {
        _hub.Add(ChannelId.DefaultTenant, "s");
        _answers.Enqueue(static () => Task.FromException<bool>(new TimeoutException("No answer.")));
        _answers.Enqueue(static () => Task.FromResult(true));

        var closed = _door.CloseAsync(ChannelId.DefaultTenant, "s", SessionEnd.Expired);
        Assert.Null(_hub.Find(ChannelId.DefaultTenant, "s"));
        await _time.AdvanceToNextAsync();

        Assert.True(await closed.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task What_waits_of_a_channel_is_dropped_before_its_client_hears_that_it_begins_at_another_place()
    {
        var secret = SessionId.NewSecret();
        var session = Begun(secret);
        session.Enqueue(Item("/a", 4, frame: 1));
        _answers.Enqueue(static () => Task.FromResult(new ReplayResult(SubscribeStatus.Done)));

        await _door.ReplayAsync(ChannelId.DefaultTenant, secret, [new ReplayFrom("/a", 2)]);

        Assert.False(session.HasPending);
        Assert.False(session.IsAttached);
        Assert.DoesNotContain(session.GiveUp(LocalState.Parked).Cursors, static cursor => cursor.Channel == "/a");
    }

    [Fact]
    public async Task A_place_that_no_log_has_changes_nothing()
    {
        var secret = SessionId.NewSecret();
        var session = Begun(secret);
        session.Enqueue(Item("/a", 4, frame: 1));
        _answers.Enqueue(static () => Task.FromResult(new ReplayResult(SubscribeStatus.Done, Invalid: 99)));

        await _door.ReplayAsync(ChannelId.DefaultTenant, secret, [new ReplayFrom("/a", 99)]);

        Assert.True(session.HasPending);
        Assert.True(session.IsAttached);
    }

    private LocalSession Begun(string secret)
    {
        var session = _hub.Add(ChannelId.DefaultTenant, SessionId.PublicOf(secret));
        session.Begin(new SessionDescription { Protocol = "p", Lifetime = TimeSpan.FromMinutes(1) }, null!, _time.GetUtcNow());
        session.Join();
        return session;
    }

    /// <summary>A session's grain that answers what the test says.</summary>
    public class StubSession : DispatchProxy
    {
        private Func<object>? _answer;

        public static ISessionGrain Of(Func<object> answer)
        {
            var session = Create<ISessionGrain, StubSession>();
            ((StubSession)(object)session)._answer = answer;
            return session;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer!();
    }
}
