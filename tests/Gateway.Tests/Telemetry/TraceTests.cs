using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using Tidings.Gateway.Tests.Server;
using Tidings.Grains.Logs;

namespace Tidings.Gateway.Tests.Telemetry;

/// <summary>
/// Metrics and traces of a silo and a gateway arrive at an OTLP receiver. Meters are known by name in the whole process, and what one test disposes of ends for
/// another's exporter: hence alone.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class TraceTests(RedisServerFixture redis) : IClassFixture<RedisServerFixture>
{
    [Fact]
    public async Task One_message_is_followed_from_its_publish_to_the_write_and_metrics_arrive()
    {
        await using var collector = await Collector.StartAsync();
        await using var cluster = await OwnCluster.StartAsync(
            (IPEndPoint)redis.Connection.GetEndPoints()[0],
            ("Tidings:Telemetry:Endpoint", collector.Address),
            ("Tidings:Telemetry:Protocol", "HttpProtobuf"),
            ("Tidings:Telemetry:TraceShare", "1"),
            ("Tidings:Telemetry:Meters:0", "System.Runtime"),
            ("Tidings:Telemetry:Meters:1", "Microsoft.AspNetCore.Server.Kestrel"),
            ("Tidings:Telemetry:Meters:2", "Microsoft.Orleans"),
            ("Tidings:Telemetry:MetricsEvery", "00:00:00.2"),
            ("OTEL_BSP_SCHEDULE_DELAY", "50"));
        using var client = await BayeuxSocketClient.SubscribedAsync(cluster.Gateway.Address, "/followed/*");

        // A caller's word is not taken: the trace is begun here.
        cluster.Gateway.Http.DefaultRequestHeaders.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        using var answer = await cluster.Gateway.Http.PostAsJsonAsync("/channels/followed/one", new { a = 1 });
        answer.EnsureSuccessStatusCode();
        await client.NextAsync("/followed/one");

        var spans = await SpansAsync(collector, "/followed/one", "write");
        await AssertMetricsAsync(collector);
        AssertWhole(spans, SessionId.PublicOf(client.ClientId));
        Assert.DoesNotContain(spans.SelectMany(static span => span.Attributes.Values), value => value.Contains(client.ClientId, StringComparison.Ordinal));
        Assert.Equal(["tidings-gateway", "tidings-silo"], collector.Services.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_message_read_from_the_log_is_followed_too()
    {
        await using var collector = await Collector.StartAsync();
        await using var cluster = await OwnCluster.StartAsync(
            (IPEndPoint)redis.Connection.GetEndPoints()[0],
            ("Tidings:Telemetry:Endpoint", collector.Address),
            ("Tidings:Telemetry:Protocol", "HttpProtobuf"),
            ("Tidings:Telemetry:TraceShare", "1"),
            ("OTEL_BSP_SCHEDULE_DELAY", "50"));
        using var answer = await cluster.Gateway.Http.PostAsJsonAsync("/channels/read/later", new { a = 1 });
        answer.EnsureSuccessStatusCode();

        using var request = new HttpRequestMessage(HttpMethod.Get, "/channels/read/later?after=0") { Headers = { { "Accept", "text/event-stream" } } };
        using var stream = await cluster.Gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var spans = await SpansAsync(collector, "/read/later", "write");

        Assert.Equal("event-stream", spans.First(static span => span.Name == "write").Attributes["tidings.transport"]);
        Assert.Single(spans.Select(static span => span.Trace).Distinct());
    }

    [Fact]
    public async Task Grpc_is_spoken_where_nothing_else_is_said()
    {
        await using var collector = await Collector.StartAsync(grpc: true);
        await using var cluster = await OwnCluster.StartAsync(
            (IPEndPoint)redis.Connection.GetEndPoints()[0],
            ("Tidings:Telemetry:Endpoint", collector.Address),
            ("Tidings:Telemetry:TraceShare", "1"),
            ("Tidings:Telemetry:MetricsEvery", "00:00:00.2"),
            ("OTEL_BSP_SCHEDULE_DELAY", "50"));
        using var answer = await cluster.Gateway.Http.PostAsJsonAsync("/channels/by/grpc", new { a = 1 });
        answer.EnsureSuccessStatusCode();

        await SpansAsync(collector, "/by/grpc", "append");
        await Eventually.TrueAsync(() => collector.Metrics.ContainsKey("tidings.messages.published"), "No metric came by gRPC.");
    }

    [Fact]
    public async Task Instruments_of_the_same_names_that_somebody_else_makes_do_no_harm()
    {
        using var others = new Meter("Tidings");
        others.CreateHistogram<double>("tidings.messages.published").Record(0.5);
        others.CreateObservableGauge("tidings.messages.delivered", static () => "neither number nor time".Length);
        await using var collector = await Collector.StartAsync();
        await using var cluster = await OwnCluster.StartAsync(
            (IPEndPoint)redis.Connection.GetEndPoints()[0],
            ("Tidings:Telemetry:Endpoint", collector.Address),
            ("Tidings:Telemetry:Protocol", "HttpProtobuf"),
            ("Tidings:Telemetry:MetricsEvery", "00:00:00.2"));
        others.CreateCounter<int>("tidings.publish.duration").Add(1);
        using var answer = await cluster.Gateway.Http.PostAsJsonAsync("/channels/same/names", new { a = 1 });

        answer.EnsureSuccessStatusCode();
        await Eventually.TrueAsync(
            () => collector.Metrics.ContainsKey("tidings.messages.published") && collector.Metrics.ContainsKey("tidings.log.append.duration"), "Metrics no longer come.");
    }

    [Theory]
    [InlineData("01", true)]
    [InlineData("00", false)]
    public async Task Where_requests_are_traced_a_message_is_followed_if_its_request_is(string flags, bool isFollowed)
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        await using var collector = await Collector.StartAsync();
        await using var cluster = await OwnCluster.StartAsync(
            (IPEndPoint)redis.Connection.GetEndPoints()[0],
            ("Tidings:Telemetry:Endpoint", collector.Address),
            ("Tidings:Telemetry:Protocol", "HttpProtobuf"),
            ("Tidings:Telemetry:Requests", "true"),
            ("Tidings:Telemetry:TraceShare", "1"),
            ("OTEL_BSP_SCHEDULE_DELAY", "50"));
        await PublishAsync(cluster, "/asked/first", $"00-{Trace}-b7ad6b7169203331-{flags}");
        // Spans come in the order of their ends: once this one's are there, the first one's are, or will never be.
        await PublishAsync(cluster, "/asked/last", $"00-{Trace[..31]}d-b7ad6b7169203331-01");
        await SpansAsync(collector, "/asked/last", "append");

        var spans = collector.Spans.Where(static span => span.Trace == Trace).DistinctBy(static span => span.Id).ToList();
        Assert.Equal(isFollowed, spans.Exists(static span => span.Name == "append"));
        if (isFollowed)
        {
            var request = Assert.Single(spans, static span => span.Parent == "b7ad6b7169203331");
            Assert.Equal(request.Id, Assert.Single(spans, static span => span.Name == "send").Parent);
        }
    }

    private static async Task PublishAsync(OwnCluster cluster, string channel, string parent)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/channels" + channel) { Content = JsonContent.Create(new { a = 1 }), Headers = { { "traceparent", parent } } };
        using var answer = await cluster.Gateway.Http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>The spans of a channel's messages, when one of a name is there. In one process both services hear each span; it is taken once.</summary>
    private static async Task<List<CollectedSpan>> SpansAsync(Collector collector, string channel, string last)
    {
        List<CollectedSpan> Spans() => [.. collector.Spans
            .Where(span => span.Attributes.GetValueOrDefault("messaging.destination.name") == channel)
            .DistinctBy(static span => span.Id)];
        await Eventually.TrueAsync(
            () => ((string[])["send", "append", last]).All(name => Spans().Any(span => span.Name == name)),
            $"The collector got no whole trace of {channel}.");
        return Spans();
    }

    private static void AssertWhole(List<CollectedSpan> spans, string session)
    {
        var send = Assert.Single(spans, static span => span.Name == "send");
        var receive = Assert.Single(spans, static span => span.Name == "receive");
        var write = Assert.Single(spans, static span => span.Name == "write");
        Assert.Equal(["append", "receive", "send", "stream", "write"], spans.Select(static span => span.Name).Order(StringComparer.Ordinal));
        Assert.Single(spans.Select(static span => span.Trace).Distinct());
        Assert.All(spans.Where(static span => span.Name is "append" or "stream" or "receive"), span => Assert.Equal(send.Id, span.Parent));
        Assert.Equal("", send.Parent);
        Assert.Equal(receive.Id, write.Parent);
        Assert.Equal("1", send.Attributes["tidings.message.offset"]);
        Assert.Equal("1", receive.Attributes["tidings.sessions"]);
        Assert.Equal((session, "bayeux", "websocket"), (write.Attributes["tidings.session.id"], write.Attributes["tidings.protocol"], write.Attributes["tidings.transport"]));
    }

    private static async Task AssertMetricsAsync(Collector collector)
    {
        string[] names =
        [
            "tidings.sessions.attached", "tidings.messages.pending", "tidings.connects", "tidings.messages.published", "tidings.messages.delivered",
            "tidings.publish.duration", "tidings.delivery.duration", "tidings.log.append.duration", "tidings.stream.lag", "tidings.redis.up",
            "kestrel.active_connections", "dotnet.gc.collections",
        ];
        await Eventually.TrueAsync(
            () => names.All(collector.Metrics.ContainsKey) && collector.Metrics.Keys.Any(static name => name.StartsWith("orleans", StringComparison.Ordinal)),
            $"Of {string.Join(", ", names)} and Orleans' metrics, the collector got only {string.Join(", ", collector.Metrics.Keys.Order(StringComparer.Ordinal))}.");
        Assert.Contains(collector.Metrics["tidings.sessions.attached"], static point => point["protocol"] == "bayeux" && point["transport"] == "websocket");
        Assert.Contains(collector.Metrics["tidings.delivery.duration"], static point => point["protocol"] == "bayeux" && point["transport"] == "websocket");
    }
}
