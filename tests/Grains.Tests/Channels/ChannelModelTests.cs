using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Options;
using Orleans.Core.Internal;
using Tidings.Grains.Cluster;
using Tidings.Grains.Logs;

namespace Tidings.Grains.Channels;

/// <summary>
/// Random runs of a channel with publishers that repeat what they are not sure of: whatever the log does, and however often the channel is
/// activated anew, each message is stored once, in its publisher's order, where the publisher was told, and reaches a subscriber once.
/// </summary>
public sealed class ChannelModelTests(ChannelModelTests.Fixture fixture) : IClassFixture<ChannelModelTests.Fixture>
{
    private const int Runs = 60;
    private const int Publishers = 3;

    private static readonly Gen<Step> AnyStep =
        from fresh in Gen.Choose(0, 3).ArrayOf(Publishers)
        from again in Gen.Choose(0, 2).ArrayOf(Publishers)
        from fault in Gen.Elements(Enum.GetValues<LogFault>())
        from deactivates in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
        select new Step(fresh, again, fault, deactivates);

    [Fact]
    public void Every_message_is_stored_once_in_order_and_reaches_a_subscriber_once() => Prop
        .ForAll(AnyStep.ArrayOf().ToArbitrary(), steps => Task.Run(() => RunAsync(steps)).GetAwaiter().GetResult())
        .Check(Config.QuickThrowOnFailure.WithMaxTest(Runs).WithEndSize(30));

    private async Task<bool> RunAsync(Step[] steps)
    {
        var cluster = fixture.Cluster;
        var channel = await cluster.ChannelAsync($"/model/{Guid.NewGuid():N}");
        var session = await cluster.OpenAsync(fixture.Gateway, subscriptions: [channel.Id.Name]);
        ModelPublisher[] publishers = [.. Enumerable.Range(0, Publishers).Select(i => new ModelPublisher(channel, $"{(char)('a' + i)}"))];
        foreach (var step in steps)
        {
            if (step.Deactivates)
            {
                await channel.Grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
            }

            fixture.Faults.Fail(step.Fault);
            await Task.WhenAll(publishers.Select((publisher, i) => publisher.PublishAsync(step.Fresh[i], step.Again[i])));
        }

        fixture.Faults.Fail(LogFault.None);
        await publishers[0].PublishAsync(fresh: 1, again: 0);
        await CheckAsync(channel, publishers, session);
        return true;
    }

    private async Task CheckAsync(TestChannel channel, ModelPublisher[] publishers, TestSession session)
    {
        var stored = (await fixture.Cluster.Log.ReadAsync(channel.Id, 0, 1000)).Messages;
        Assert.Equal(Enumerable.Range(1, stored.Length).Select(static i => (long)i), stored.Select(static message => message.Offset));
        foreach (var publisher in publishers)
        {
            var bodies = publisher.Bodies.ToHashSet(StringComparer.Ordinal);
            Assert.Equal(publisher.Bodies, stored.Select(Messages.Body).Where(bodies.Contains));
            Assert.All(publisher.Told, told => Assert.Equal(told.Body, stored[told.Offset - 1].Body()));
        }

        await session.Client.GetsExactly(channel.Id.Name, 1, stored.Length);
        await session.Grain.Close(SessionEnd.Disconnected);
    }

    /// <summary>One round of publishes at the same time.</summary>
    /// <param name="Fresh">New messages of each publisher.</param>
    /// <param name="Again">Messages of before that each publisher repeats.</param>
    /// <param name="Fault">What becomes of the next write.</param>
    /// <param name="Deactivates">Whether the channel is activated anew.</param>
    private sealed record Step(int[] Fresh, int[] Again, LogFault Fault, bool Deactivates);

    /// <summary>A silo whose log can fail.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal TestCluster Cluster { get; private set; } = null!;

        internal FaultyLog Faults { get; private set; } = null!;

        internal FakeGateway Gateway { get; private set; } = null!;

        /// <inheritdoc/>
        public async Task InitializeAsync()
        {
            (var log, Faults) = FaultyLog.Of(new MemoryMessageLog(Options.Create(new TidingsLimits()), TimeProvider.System));
            Cluster = await TestCluster.StartAsync(1, log: log);
            Gateway = Cluster.AddGateway();
        }

        /// <inheritdoc/>
        public async Task DisposeAsync() => await Cluster.DisposeAsync();
    }
}
