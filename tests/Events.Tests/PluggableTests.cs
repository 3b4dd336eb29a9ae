using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Tidings.Cluster.Tests.Processes;
using Tidings.Protocols.Hono;
using Tidings.Silo.ConnectionEvents;

namespace Tidings.Events.Tests;

/// <summary>A producer of the user's own, and what happens where it does not take events.</summary>
public sealed class PluggableTests
{
    [Fact]
    public async Task A_producer_of_ones_own_is_selected_by_its_name()
    {
        var bus = new Bus();
        await using var server = await StartAsync(bus, ("Tidings:ConnectionEvents:Producer", "BUS"));
        await server.OpenAsync("alice");
        await bus.TakesAsync(1);
        Assert.Equal("alice", bus.Taken.First().ToHono()!.Device);
        Assert.Empty(server.Log.Lines);
    }

    [Fact]
    public async Task A_producer_that_is_away_holds_no_session_up_and_gets_events_in_order_later() // 17, 32
    {
        var bus = new Bus { IsDown = true };
        await using var server = await StartAsync(bus, ("Tidings:ConnectionEvents:Producer", "bus"));
        var client = await server.OpenAsync("alice");
        Assert.NotNull(client);
        await server.CloseAsync("alice", client);
        await bus.RefusesAsync(2);
        bus.IsDown = false;
        await bus.TakesAsync(2);
        Assert.Equal([ConnectionCause.Connected, ConnectionCause.Disconnected], bus.Taken.Select(static happened => happened.Event.Cause));
    }

    [Fact]
    public async Task Where_events_are_required_a_session_is_refused_without_them() // 15, 16
    {
        var bus = new Bus { IsDown = true };
        await using var server = await StartAsync(bus, ("Tidings:ConnectionEvents:Producer", "bus"), ("Tidings:ConnectionEvents:Required", "true"));
        Assert.Null(await server.OpenAsync("alice"));
        Assert.Empty(bus.Taken);

        bus.IsDown = false;
        Assert.NotNull(await server.OpenAsync("alice"));
        Assert.Single(bus.Taken); // before the reply, and none of the refused session
    }

    [Fact]
    public async Task Where_events_are_required_a_producer_that_hangs_refuses_too()
    {
        var bus = new Bus { Hangs = true };
        await using var server = await StartAsync(
            bus, ("Tidings:ConnectionEvents:Producer", "bus"), ("Tidings:ConnectionEvents:Required", "true"),
            ("Tidings:ConnectionEvents:RequiredWithin", "00:00:00.100"));
        Assert.Null(await server.OpenAsync("alice"));
    }

    private static Task<EventServer> StartAsync(Bus bus, params (string Key, string Value)[] settings) =>
        EventServer.StartAsync(builder => builder.Services.AddSingleton<IConnectionEventProducer>(bus), settings);

    private sealed class Bus : IConnectionEventProducer
    {
        private int _refused;

        public volatile bool IsDown;

        public string Name => "bus";

        public bool Hangs { get; init; }

        public ConcurrentQueue<SessionEvent> Taken { get; } = new();

        public async Task ProduceAsync(SessionEvent happened, CancellationToken cancellationToken)
        {
            if (Hangs)
            {
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            }

            if (IsDown)
            {
                Interlocked.Increment(ref _refused);
                throw new IOException("The bus is down.");
            }

            Taken.Enqueue(happened);
        }

        public Task TakesAsync(int count) => Eventually.TrueAsync(() => Taken.Count >= count, () => $"{count} events; came {Taken.Count}");

        public Task RefusesAsync(int count) =>
            Eventually.TrueAsync(() => Volatile.Read(ref _refused) >= count, () => $"{count} attempts; came {_refused}");
    }
}
