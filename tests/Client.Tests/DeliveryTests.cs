using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tidings.Client.Tests.Servers;

namespace Tidings.Client.Tests;

/// <summary>What a client promises, against a real gateway, over each transport, acknowledging or not.</summary>
public sealed class DeliveryTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    public static TheoryData<TidingsTransports, bool> Ways =>
        new() { { TidingsTransports.WebSocket, true }, { TidingsTransports.WebSocket, false }, { TidingsTransports.All, false }, { TidingsTransports.LongPolling, true }, { TidingsTransports.LongPolling, false } };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Messages_come_once_and_in_order(TidingsTransports transports, bool acknowledge)
    {
        await using var client = New(transports, acknowledge);
        var channel = GatewayServer.NewChannel();
        await using var subscription = await client.SubscribeAsync(channel).For("The subscription is not in force.");

        await PublishAsync(client, channel, 200);

        Assert.Equal(Enumerable.Range(0, 200), (await subscription.ReadAsync(200)).Select(static message => message.Read<int>()));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_message_reaches_every_subscription_that_matches(TidingsTransports transports, bool acknowledge)
    {
        await using var client = New(transports, acknowledge);
        var channel = GatewayServer.NewChannel();
        await using var exact = await client.SubscribeAsync($"{channel}/a/b");
        await using var one = await client.SubscribeAsync($"{channel}/a/*");
        await using var deep = await client.SubscribeAsync($"{channel}/**");
        await using var other = await client.SubscribeAsync($"{channel}/*");

        await client.PublishAsync($"{channel}/a/b", "deep");
        await client.PublishAsync($"{channel}/a", "flat");

        Assert.Equal("deep", (await exact.ReadAsync(1))[0].Read<string>());
        Assert.Equal("deep", (await one.ReadAsync(1))[0].Read<string>());
        Assert.Equal(["deep", "flat"], (await deep.ReadAsync(2)).Select(static message => message.Read<string>()));
        Assert.Equal("flat", (await other.ReadAsync(1))[0].Read<string>());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_slow_reader_gets_everything_through_a_small_buffer(TidingsTransports transports, bool acknowledge)
    {
        await using var reader = New(transports, acknowledge, buffer: 2);
        await using var writer = New(TidingsTransports.All, true);
        var channel = GatewayServer.NewChannel();
        await using var subscription = await reader.SubscribeAsync(channel);

        await PublishAsync(writer, channel, 100);

        Assert.Equal(Enumerable.Range(0, 100), (await subscription.ReadAsync(100)).Select(static message => message.Read<int>()));
    }

    [Theory]
    [InlineData(TidingsTransports.All, true)]
    [InlineData(TidingsTransports.All, false)]
    [InlineData(TidingsTransports.LongPolling, false)]
    public async Task A_reader_that_publishes_does_not_wait_for_itself(TidingsTransports transports, bool acknowledge)
    {
        await using var client = New(transports, acknowledge, buffer: 1);
        await using var writer = New(TidingsTransports.All, true);
        var (asked, answered) = (GatewayServer.NewChannel(), GatewayServer.NewChannel());
        await using var questions = await client.SubscribeAsync(asked);
        await using var answers = await writer.SubscribeAsync(answered);
        await PublishAsync(writer, asked, 50);

        for (var i = 0; i < 50; i++)
        {
            await client.PublishAsync(answered, (await questions.ReadAsync(1))[0].Read<int>()).For("A publish waits for its own reader.");
        }

        Assert.Equal(Enumerable.Range(0, 50), (await answers.ReadAsync(50)).Select(static message => message.Read<int>()));
    }

    [Fact]
    public async Task Leaving_the_loop_ends_the_subscription()
    {
        await using var client = New(TidingsTransports.All, true, buffer: 1);
        var (left, kept) = (GatewayServer.NewChannel(), GatewayServer.NewChannel());
        var subscription = await client.SubscribeAsync(left);
        await using var other = await client.SubscribeAsync(kept);
        await PublishAsync(client, left, 10);

        await foreach (var message in subscription)
        {
            Assert.Equal(0, message.Read<int>());
            break;
        }

        await PublishAsync(client, kept, 10);
        Assert.Equal(10, (await other.ReadAsync(10)).Count);
        await using var again = await client.SubscribeAsync(left);
    }

    [Fact]
    public async Task Data_is_given_byte_for_byte()
    {
        await using var client = New(TidingsTransports.All, true);
        var channel = GatewayServer.NewChannel();
        await using var subscription = await client.SubscribeAsync(channel);
        const string Json = """{"n":12345678901234567890.10,"s":"\ud83d","ü":[ 1 ]}""";

        await client.PublishJsonAsync(channel, Encoding.UTF8.GetBytes(Json));

        Assert.Equal(Json, Encoding.UTF8.GetString((await subscription.ReadAsync(1))[0].Data.Span));
    }

    [Fact]
    public async Task What_is_not_JSON_is_not_sent()
    {
        await using var client = New(TidingsTransports.All, true);

        await Assert.ThrowsAnyAsync<JsonException>(() => client.PublishJsonAsync("/a", "1},{\"channel\":\"/b\""u8.ToArray()));
        await Assert.ThrowsAnyAsync<JsonException>(() => client.PublishJsonAsync("/a", ReadOnlyMemory<byte>.Empty));
    }

    [Fact]
    public async Task A_refusal_is_thrown_with_its_code()
    {
        await using var client = New(TidingsTransports.All, true);

        var publish = await Assert.ThrowsAsync<TidingsException>(() => client.PublishAsync("/meta/x", 1));
        var subscribe = await Assert.ThrowsAsync<TidingsException>(() => client.SubscribeAsync("/meta/connect"));

        Assert.False(publish.MayHaveHappened);
        Assert.Equal(403, subscribe.Code);
        await client.PublishAsync(GatewayServer.NewChannel(), 1);
    }

    [Fact]
    public async Task A_repeat_by_id_is_stored_once()
    {
        await using var client = New(TidingsTransports.All, true);
        var channel = GatewayServer.NewChannel();
        await using var subscription = await client.SubscribeAsync(channel);

        await client.PublishAsync(channel, "once", id: "k1");
        await client.PublishAsync(channel, "once", id: "k1");
        await client.PublishAsync(channel, "end", id: "k2");

        Assert.Equal(["once", "end"], (await subscription.ReadAsync(2)).Select(static message => message.Read<string>()));
    }

    [Fact]
    public async Task Replay_goes_on_where_another_client_stopped()
    {
        var channel = GatewayServer.NewChannel();
        await using var client = NewReplaying();
        await using var first = await client.SubscribeAsync(channel);
        for (var i = 1; i <= 5; i++)
        {
            await client.PublishAsync(channel, new JsonObject { ["n"] = i });
        }

        await first.ReadAsync(3);
        await using var later = NewReplaying();
        await using var rest = await later.SubscribeAsync(channel, after: first.LastId);
        await using var all = NewReplaying();
        await using var everything = await all.SubscribeAsync(channel, after: ReplayFrom.All);

        Assert.Equal(3, first.LastId);
        Assert.Equal([4, 5], (await rest.ReadAsync(2)).Select(static message => (int)message.Read<JsonObject>()!["n"]!));
        Assert.Equal([1L, 2, 3, 4, 5], (await everything.ReadAsync(5)).Select(static message => message.ReplayId!.Value));
    }

    [Fact]
    public async Task A_place_needs_replay_and_a_channel()
    {
        await using var plain = New(TidingsTransports.All, true);
        await using var replaying = NewReplaying();

        await Assert.ThrowsAsync<InvalidOperationException>(() => plain.SubscribeAsync("/a", after: 1));
        await Assert.ThrowsAsync<InvalidOperationException>(() => replaying.SubscribeAsync("/a/**", after: 1));
    }

    [Fact]
    public async Task Closing_ends_readers_and_the_session()
    {
        var client = New(TidingsTransports.All, true);
        var subscription = await client.SubscribeAsync(GatewayServer.NewChannel());
        var reading = ReadToEndAsync(subscription);

        await client.DisposeAsync();

        Assert.Equal(0, await reading.For("The reader was not told."));
        Assert.Equal(TidingsState.Closed, client.State);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.PublishAsync("/a", 1));
    }

    [Fact]
    public async Task A_client_that_was_never_used_closes() => await New(TidingsTransports.All, true).DisposeAsync();

    private static async Task<int> ReadToEndAsync(TidingsSubscription subscription)
    {
        var count = 0;
        await foreach (var _ in subscription)
        {
            count++;
        }

        return count;
    }

    private static Task PublishAsync(TidingsClient client, string channel, int count) =>
        Sequence(count, i => client.PublishAsync(channel, i)).For($"{count} publishes were not acknowledged.");

    private static async Task Sequence(int count, Func<int, Task> each)
    {
        for (var i = 0; i < count; i++)
        {
            await each(i);
        }
    }

    private TidingsClient New(TidingsTransports transports, bool acknowledge, int buffer = 1000) =>
        new(new TidingsClientOptions { Url = server.Endpoint, Transports = transports, Acknowledge = acknowledge, Buffer = buffer });

    private TidingsClient NewReplaying() => new(new TidingsClientOptions { Url = server.Endpoint, Replay = true });
}
