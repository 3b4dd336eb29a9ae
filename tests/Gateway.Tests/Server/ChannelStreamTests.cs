using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using System.Text;

namespace Tidings.Gateway.Tests.Server;

/// <summary>A channel as server-sent events (WHATWG HTML).</summary>
[Collection(ServerCollection.Name)]
public sealed class ChannelStreamTests(GatewayServer server)
{
    private readonly string _url = "/channels" + GatewayServer.NewChannel();

    [Fact]
    public async Task A_stream_begins_with_the_next_message()
    {
        await PublishAsync(1, 2);
        await using var events = await OpenAsync(null);

        await PublishAsync(3);

        Assert.Equal((3, "3"), await events.NextMessageAsync());
    }

    [Fact]
    public async Task A_client_that_comes_back_goes_on_without_hole_or_double()
    {
        await PublishAsync(1, 2, 3);
        await using (var first = await OpenAsync("0"))
        {
            Assert.Equal((1, "1"), await first.NextMessageAsync());
            Assert.Equal((2, "2"), await first.NextMessageAsync());
        }

        await PublishAsync(4);
        await using var second = await OpenAsync("2");
        await PublishAsync(5);

        Assert.Equal((3, "3"), await second.NextMessageAsync());
        Assert.Equal((4, "4"), await second.NextMessageAsync());
        Assert.Equal((5, "5"), await second.NextMessageAsync());
    }

    [Fact]
    public async Task A_client_that_comes_back_before_its_first_message_misses_none_either()
    {
        await PublishAsync(1);
        string? place;
        await using (var first = await OpenAsync(null))
        {
            place = (await first.NextItemAsync("keep-alive")).EventId;
        }

        await PublishAsync(2);
        await using var second = await OpenAsync(place);

        Assert.Equal((2, "2"), await second.NextMessageAsync());
    }

    [Fact]
    public async Task A_place_in_a_log_that_was_lost_is_told_as_a_gap_however_long_the_next_log_is()
    {
        string? place;
        await using (var earlier = await OwnServer.StartAsync())
        {
            await PublishAsync(earlier.Http, _url, 1, 2);
            await using var events = await OpenAsync(earlier.Http, "1");
            place = (await events.NextItemAsync("message")).EventId;
        }

        await using var later = await OwnServer.StartAsync();
        await PublishAsync(later.Http, _url, 11, 12, 13);
        await using var again = await OpenAsync(later.Http, place);

        Assert.Equal("{\"resumedAt\":1}", await again.NextAsync("gap"));
        Assert.Equal((1, "11"), await again.NextMessageAsync());
        Assert.Equal((2, "12"), await again.NextMessageAsync());
    }

    [Fact]
    public async Task Every_message_published_while_streaming_comes_once_and_in_order()
    {
        await using var events = await OpenAsync("0");
        var publishing = PublishAsync([.. Enumerable.Range(1, 200)]);

        for (var i = 1; i <= 200; i++)
        {
            Assert.Equal(i, (await events.NextMessageAsync()).Id);
        }

        await publishing;
    }

    [Fact]
    public async Task A_stream_answers_before_its_first_event_and_misses_nothing_from_then_on()
    {
        await using var own = await OwnServer.StartAsync();
        using var request = Request(null);

        // On this server's clock no keep-alive comes in time: what answers is the head alone.
        using var response = await own.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(TimeSpan.FromSeconds(10));
        await own.Http.PostAsync(_url, new StringContent("1", Encoding.UTF8, "application/json"));
        await using var events = new Events(await response.Content.ReadAsStreamAsync());

        Assert.Equal((1, "1"), await events.NextMessageAsync());
    }

    [Fact]
    public async Task A_quiet_stream_is_kept_alive()
    {
        await using var events = await OpenAsync("0");

        await events.NextAsync("keep-alive");
        await events.NextAsync("keep-alive");
    }

    [Fact]
    public async Task A_place_that_the_log_no_longer_has_is_told_as_a_gap()
    {
        await PublishAsync(1);
        await using var events = await OpenAsync("100");

        Assert.Equal("{\"resumedAt\":1}", await events.NextAsync("gap"));
        Assert.Equal((1, "1"), await events.NextMessageAsync());
    }

    [Fact]
    public async Task What_was_trimmed_meanwhile_is_told_as_a_gap_and_the_rest_follows()
    {
        await using var own = await OwnServer.StartAsync(("Tidings:Limits:LogMessages", "2"));
        await PublishAsync(own.Http, _url, 1, 2, 3, 4, 5);
        await using var events = await OpenAsync(own.Http, "1");

        Assert.Equal("{\"resumedAt\":4}", await events.NextAsync("gap"));
        Assert.Equal((4, "4"), await events.NextMessageAsync());
        Assert.Equal((5, "5"), await events.NextMessageAsync());
    }

    [Fact]
    public async Task That_nothing_is_left_is_told_at_once()
    {
        await using var own = await OwnServer.StartAsync(("Tidings:Limits:LogTotalBytes", "10000"));
        await PublishAsync(own.Http, _url, 1, 2, 3);
        await PublishAsync(own.Http, _url + "/busy", [.. Enumerable.Range(1, 60)]);
        await using var events = await OpenAsync(own.Http, "1");

        Assert.Equal("{\"resumedAt\":4}", await events.NextAsync("gap"));
        await PublishAsync(own.Http, _url, 4);
        Assert.Equal((4, "4"), await events.NextMessageAsync());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("1-")]
    [InlineData("1-x")]
    public async Task An_id_that_no_event_had_is_refused(string lastId)
    {
        using var request = Request(lastId);

        Assert.Equal(HttpStatusCode.BadRequest, (await server.Http.SendAsync(request)).StatusCode);
    }

    private Task PublishAsync(params int[] bodies) => PublishAsync(server.Http, _url, bodies);

    private static async Task PublishAsync(HttpClient http, string url, params int[] bodies)
    {
        using var content = new StringContent(string.Join('\n', bodies), Encoding.UTF8, "application/x-ndjson");
        (await http.PostAsync(url, content)).EnsureSuccessStatusCode();
    }

    private HttpRequestMessage Request(string? lastId)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, _url) { Headers = { { "Accept", "text/event-stream" } } };
        if (lastId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastId);
        }

        return request;
    }

    private Task<Events> OpenAsync(string? lastId) => OpenAsync(server.Http, lastId);

    private async Task<Events> OpenAsync(HttpClient http, string? lastId)
    {
        using var request = Request(lastId);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new Events(await response.Content.ReadAsStreamAsync());
    }

    private sealed class Events(Stream stream) : IAsyncDisposable
    {
        private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(15));
        private IAsyncEnumerator<SseItem<string>>? _items;

        public async Task<string> NextAsync(string type) => (await NextItemAsync(type)).Data;

        public Task<SseItem<string>> NextItemAsync(string type) => NextItemAsync(item => item.EventType == type, type);

        public async Task<(int Id, string Data)> NextMessageAsync()
        {
            var item = await NextItemAsync(static item => item.EventType != "keep-alive", "message");
            Assert.Equal("message", item.EventType);
            return (int.Parse(item.EventId!.Split('-')[0], CultureInfo.InvariantCulture), item.Data);
        }

        public async ValueTask DisposeAsync()
        {
            await stream.DisposeAsync();
            _patience.Dispose();
        }

        private async Task<SseItem<string>> NextItemAsync(Func<SseItem<string>, bool> wanted, string type)
        {
            _items ??= SseParser.Create(stream).EnumerateAsync(_patience.Token).GetAsyncEnumerator();
            try
            {
                while (await _items.MoveNextAsync())
                {
                    if (wanted(_items.Current))
                    {
                        return _items.Current;
                    }
                }
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"No event of type {type} came.");
            }

            throw new EndOfStreamException($"The stream ended before an event of type {type}.");
        }
    }
}
