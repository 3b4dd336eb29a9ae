using System.Diagnostics.Metrics;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Tests.Sessions.Models;

/// <summary>
/// Runs random steps on one session of a gateway, between a silo and a client that are plain lists. Whatever is repeated, lost or moved, the client
/// gets every message once and in order, and nothing counts as delivered before it is.
/// </summary>
internal sealed class SessionModel : IDisposable
{
    private const int Window = 5;
    private const int MostRounds = 200;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ModelClient _client;
    private readonly ModelSilo _silo;
    private readonly GatewayHub _hub;
    private readonly SessionDoor _door;
    private readonly bool _acknowledges;
    private readonly bool _mayDrop;
    private (LocalSession Session, List<OutboxItem> Items, long? Batch, IReadOnlyList<ChannelCursor> Gaps)? _write;
    private long _acknowledged;

    private SessionModel(bool acknowledges, WhenFull policy)
    {
        _mayDrop = policy != WhenFull.ReadLog;
        _client = new ModelClient(mayMiss: _mayDrop);
        _acknowledges = acknowledges;
        _silo = new ModelSilo(acknowledges);
        var metrics = new GatewayMetrics(_services.GetRequiredService<IMeterFactory>());
        var windows = new WindowPolicies(Options.Create(new WindowOptions { Rules = [new WindowRule { Channels = "/**", WhenFull = policy }] }), metrics);
        var cluster = StubCluster.Of((_, _) => ModelGrain.Of(_silo));
        var limits = Options.Create(new TidingsLimits { PendingMessagesPerSession = Window });
        _hub = new GatewayHub(cluster, limits, windows, TimeProvider.System, metrics, NullLogger<GatewayHub>.Instance);
        _door = new SessionDoor(cluster, _hub, null!, null!, null!, TimeProvider.System, metrics, NullLogger<SessionDoor>.Instance);
    }

    /// <summary>Checks random runs; a failure names the seed and the shortest run that fails.</summary>
    public static void Check(bool acknowledges, WhenFull policy, int runs) => Prop
        .ForAll(Arb.From<SessionStep[]>(SessionStep.Any.ArrayOf(), Shorter), steps => Task.Run(() => RunAsync(acknowledges, policy, steps)).GetAwaiter().GetResult())
        .Check(Config.QuickThrowOnFailure.WithMaxTest(runs).WithEndSize(80));

    /// <summary>One run, after which everything is brought to its end.</summary>
    public static async Task<bool> RunAsync(bool acknowledges, WhenFull policy, params SessionStep[] steps)
    {
        using var model = new SessionModel(acknowledges, policy);
        await model.AttachAsync(CallFault.None, part: 0);
        foreach (var step in steps)
        {
            await model.TakeAsync(step);
            await model.CheckDeliveredAsync();
        }

        await model.SettleAsync();
        return true;
    }

    public void Dispose() => _services.Dispose();

    private LocalSession? Session => _hub.Find(Deliveries.Tenant, ModelSilo.SessionName);

    private Task TakeAsync(SessionStep step) => step.Action switch
    {
        SessionAction.Publish => Done(() => _silo.Publish(ModelSilo.Channels[step.Amount % 2], 1 + (step.Amount / 2))),
        SessionAction.Receive => _hub.Receive(_silo.Next(step.Amount)),
        SessionAction.ReceiveAgain => _hub.Receive(_silo.Next(step.Amount / 3, again: step.Amount)),
        SessionAction.Write => Done(() => Write(_client.Batch)),
        SessionAction.EndWrite => Done(() => EndWrite(step.Amount)),
        SessionAction.LateConnect => Done(LateConnect),
        SessionAction.Attach => AttachAsync(step.Fault, step.Amount),
        SessionAction.Park => ParkAsync(step),
        SessionAction.Release => ReleaseAsync(step.Amount),
        SessionAction.LateCall => Done(_silo.CallLate),
        _ => Done(SiloCrash),
    };

    private static IEnumerable<SessionStep[]> Shorter(SessionStep[] steps) =>
        steps.Length > 1 ? Enumerable.Range(0, steps.Length).Select(left => (SessionStep[])[.. steps[..left], .. steps[(left + 1)..]]) : [];

    private static Task Done(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private void Write(long acknowledged)
    {
        // A connect attaches a session that was given up before it says anything.
        if (_write is not null || Session is not { Description: not null, State: not LocalState.Parked } session)
        {
            return;
        }

        if (_acknowledges)
        {
            session.Acknowledge(acknowledged);
            _acknowledged = acknowledged;
        }

        if (session.TakeForWriting() is { } items)
        {
            Assert.True(items.Count == 1 || items.Sum(static item => item.Count) <= Window, "More waits than may.");
            _write = (session, items, session.CloseBatch(), session.TakeGaps());
        }
    }

    private void EndWrite(int amount)
    {
        if (_write is not var (session, items, batch, gaps))
        {
            return;
        }

        _write = null;
        OutboxItem[] written = [.. items];
        if (amount == 0)
        {
            session.NotWritten();
            return;
        }

        session.Written();
        if (!_acknowledges || amount > 1)
        {
            _client.Get(written, batch);
            _client.Hear(gaps);
        }
    }

    private void LateConnect()
    {
        if (_acknowledges && _write is null)
        {
            Write(Math.Min(_acknowledged, _client.Batch));
            EndWrite(1);
        }
    }

    private async Task AttachAsync(CallFault fault, int part)
    {
        var session = _hub.Add(Deliveries.Tenant, ModelSilo.SessionName);
        _silo.Part = part;
        _silo.Fail(fault);
        var attaching = _door.EnsureAttachedAsync(session);
        EndWrite(part);
        try
        {
            await attaching;
        }
        catch (TimeoutException)
        {
            // The call or its answer was lost: the gateway tries again at the next step that asks for it.
        }

        _silo.TakeFault();
    }

    private async Task ParkAsync(SessionStep step)
    {
        if (Session is { IsAttached: true } session)
        {
            _silo.Fail(step.Fault);
            var parking = _door.ParkAsync(session);
            EndWrite(step.Amount);
            await parking;
            _silo.TakeFault();
        }
    }

    /// <summary>The silo's question may be lost, or its answer: it asks twice, and is told the same.</summary>
    private async Task ReleaseAsync(int amount)
    {
        if (Session is { IsAttached: true })
        {
            var releasing = _hub.Release(ModelSilo.SessionName, _silo.Stay);
            EndWrite(amount);
            var lost = await releasing;
            var handover = await _hub.Release(ModelSilo.SessionName, _silo.Stay);
            Assert.Same(lost, handover);
            _silo.Released(handover);
        }
        else if (Session is null && _silo.IsHeld)
        {
            // A late call made the silo believe that it is here.
            _silo.Released(await _hub.Release(ModelSilo.SessionName, _silo.Stay));
        }
    }

    private void SiloCrash()
    {
        if (Session is null or { IsAttached: true, State: LocalState.Live })
        {
            foreach (var receiver in _hub.Receivers.ToList())
            {
                GatewayHub.Drop(receiver);
            }

            _silo.Crash(isHere: Session is not null);
        }
    }

    private async Task CheckDeliveredAsync()
    {
        foreach (var receiver in _hub.Receivers.Where(receiver => receiver.Silo == _silo.Name))
        {
            receiver.Acknowledge(heldUpSince: 0);
        }

        _silo.Acknowledged((await _hub.Receive(_silo.Next(0))).Delivered);

        // What was dropped is done with, though not delivered.
        if (!_mayDrop)
        {
            _silo.CheckDelivered((await _hub.Receive(_silo.Next(0))).Delivered, _client.LastOf);
        }
    }

    /// <summary>Without further faults the client gets all there is.</summary>
    private async Task SettleAsync()
    {
        for (var round = 0; round < MostRounds && !IsSettled(); round++)
        {
            EndWrite(2);
            _client.Hear(Session?.TakeGaps() ?? []);
            await AttachAsync(CallFault.None, part: Window);
            await _hub.Receive(_silo.Next(int.MaxValue / 2));
            Write(_client.Batch);
        }

        EndWrite(2);
        _client.Hear(Session?.TakeGaps() ?? []);
        Assert.Empty(_client.Untold);
        Assert.Equal(_silo.Heads, ModelSilo.Channels.ToDictionary(static channel => channel, _client.PlaceOf));
    }

    private bool IsSettled() => _write is null && Array.TrueForAll(ModelSilo.Channels, channel => _client.PlaceOf(channel) == _silo.Heads[channel]);
}
