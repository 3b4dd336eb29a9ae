using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Sessions;
using static Tidings.Gateway.Tests.Sessions.Deliveries;

namespace Tidings.Gateway.Tests.Sessions;

/// <summary>A silo that stood still passes calls on that are long given up: sessions come to a gateway for a stay that is none there.</summary>
public sealed class DisownedStayTests : IDisposable
{
    private const long Link = 7;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ParkedAt _grain;
    private readonly GatewayHub _hub;
    private readonly SiloReceiver _receiver;

    public DisownedStayTests()
    {
        var metrics = new GatewayMetrics(_services.GetRequiredService<IMeterFactory>());
        var grain = DispatchProxy.Create<ISessionGrain, ParkedAt>();
        _grain = (ParkedAt)(object)grain;
        _hub = new GatewayHub(
            StubCluster.Of((_, _) => grain), Options.Create(new TidingsLimits()), new WindowPolicies(Options.Create(new WindowOptions()), metrics), TimeProvider.System, metrics, NullLogger<GatewayHub>.Instance);
        _receiver = new SiloReceiver("silo", Link, TimeProvider.System, _hub, metrics);
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public void A_join_of_a_session_that_is_not_here_is_told_to_its_silo_before_anything_after_it_is_acknowledged()
    {
        Assert.Equal(1, Delivered(1, Deliver()));

        Assert.Equal(1, Delivered(2, Join("gone", stay: 3), Deliver()));

        var (stay, handover) = Assert.Single(_grain.Parked);
        Assert.Equal((3, 0, true), (stay, handover.Frame, handover.Unanswered));
        Assert.Empty(handover.Cursors);

        _grain.Answer();
        Assert.Equal(3, Delivered(4));
    }

    /// <summary>It is not given back then: the call under way says where the session stands.</summary>
    [Fact]
    public void One_of_an_earlier_stay_is_not_acknowledged_before_the_call_for_the_later_one_is_answered()
    {
        var session = _hub.Add(Tenant, "session");
        session.BeginStay();

        Assert.Equal(0, Delivered(1, Join("session", session.Stay - 1)));
        Assert.Empty(session.Groups);

        session.Attached(new AttachResult(new SessionDescription { Protocol = "test", Lifetime = TimeSpan.FromMinutes(1) }, Live: true, Started: true));
        Assert.Equal(1, Delivered(2));
        Assert.Empty(_grain.Parked);
    }

    [Fact]
    public void A_silo_that_does_not_answer_is_told_again()
    {
        _grain.FailsOnce = true;

        Delivered(1, Join("gone", stay: 3));

        Assert.True(SpinWait.SpinUntil(() => _grain.Parked.Count == 2, TimeSpan.FromSeconds(10)), "The silo was not told again.");
        _grain.Answer();
        Assert.True(SpinWait.SpinUntil(() => Delivered(2) == 1, TimeSpan.FromSeconds(10)), "The join is not acknowledged.");
    }

    [Fact]
    public void A_join_that_is_taken_is_nobodys_fault()
    {
        var session = _hub.Add(Tenant, "session");
        session.BeginStay();

        Assert.Equal(1, Delivered(1, Join("session", session.Stay)));

        Assert.Empty(_grain.Parked);
    }

    [Fact]
    public async Task Nor_is_one_that_crosses_the_session_on_its_way_to_another_gateway()
    {
        var session = _hub.Add(Tenant, "session");
        session.BeginStay();
        Delivered(1, Join("session", session.Stay));
        await _hub.Release("session", session.Stay);

        Assert.Equal(2, Delivered(2, Join("session", session.Stay)));

        Assert.Empty(_grain.Parked);
    }

    /// <summary>Takes frames, and tells how far everything is delivered.</summary>
    private long Delivered(long first, params LinkFrame[] frames)
    {
        _receiver.Take(new LinkBatch { Silo = "silo", Link = Link, FirstFrame = first, Frames = frames });
        _receiver.Acknowledge(heldUpSince: 0);
        return _receiver.Take(new LinkBatch { Silo = "silo", Link = Link, FirstFrame = first, Frames = [] }).Delivered;
    }

    private static LinkFrame Join(string session, long stay) =>
        new() { Kind = LinkFrameKind.Join, Tenant = Tenant, Session = session, Stay = stay, Subscriptions = ["/a"] };

    private static LinkFrame Deliver() => new() { Kind = LinkFrameKind.Deliver, Tenant = Tenant, Subscriptions = ["/a"], Batches = [Batch("/a", 1)] };

    /// <summary>A session's grain that notes what it is given back, and answers when it is told to.</summary>
    public class ParkedAt : DispatchProxy
    {
        private readonly TaskCompletionSource _answer = new();

        public List<(long Stay, SessionHandover Handover)> Parked { get; } = [];

        public bool FailsOnce { get; set; }

        public void Answer() => _answer.SetResult();

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Assert.Equal(nameof(ISessionGrain.Park), targetMethod!.Name);
            Parked.Add(((long)args![1]!, (SessionHandover)args[2]!));
            var fails = FailsOnce;
            FailsOnce = false;
            return fails ? Task.FromException(new TimeoutException("No answer.")) : _answer.Task;
        }
    }
}
