using System.Diagnostics.Metrics;
using System.Text;
using Tidings.Gateway.Sessions;
using Tidings.Gateway.SmartRest;
using Tidings.Gateway.Tests.Hosting;
using Tidings.Gateway.Tests.Server;
using Tidings.Protocols.SmartRest;

namespace Tidings.Gateway.Tests.SmartRest;

/// <summary>How often notifications are matched with templates.</summary>
public sealed class RealtimeRowsTests
{
    private const int Sessions = 40;

    [Fact]
    public void Polls_that_wake_together_match_a_batch_once()
    {
        var metrics = TestMetrics.New();
        using var matches = new Count(metrics.Matches);
        var rows = new RealtimeRows(metrics);
        var set = TemplateSet.Compile("11,100,,$.id,$.id"u8, SmartRestLimits.Default, out _)!;

        for (var i = 1; i <= 200; i++)
        {
            var batch = new DeliveryBatch(new ChannelBatch
            {
                Channel = new ChannelId("default", "/alarms/1"),
                Epoch = 1,
                Messages = [new Message { Offset = i, Time = 0, Item = new PublishItem { Body = """{"id":7}"""u8.ToArray() } }],
                Head = i,
            })
            {
                Frame = i,
            };
            Parallel.For(0, 16, _ =>
                Assert.Equal("100,7\n", Encoding.UTF8.GetString(rows.Of(batch, set, RealtimeFormat.Documented, RealtimeEndpointKind.Realtime)[0].Utf8.Span)));
            Assert.Equal(i, matches.Value);
        }
    }

    [Fact]
    public async Task A_notification_is_matched_once_a_template_set_and_not_once_a_session()
    {
        await using var server = await OwnServer.StartAsync();
        using var matches = new Count(server.Service<GatewayMetrics>().Matches);
        await PostAsync(server, "/s", "first", "11,100,,$.id,$.id");
        await PostAsync(server, "/s", "second", "11,200,,$.id,$.id");
        var polls = await Task.WhenAll(Enumerable.Range(0, Sessions).Select(i => OpenAsync(server, i % 2 == 0 ? "first" : "second")));
        await Eventually.TrueAsync(() => server.Service<GatewayHub>().ClientSessions.Count(static session => session.Sink is not null) == Sessions, "Not every poll is held.");

        using var published = await server.Http.PostAsync("/channels/alarms/1", new StringContent("""{"id":1}""", Encoding.UTF8, "application/json"));

        Assert.Equal(Enumerable.Range(0, Sessions).Select(static i => i % 2 == 0 ? "100,1\n" : "200,1\n"), await Task.WhenAll(polls.Select(static poll => poll.Rows)));
        Assert.Equal(2, matches.Value);
    }

    /// <summary>A session whose second poll is under way.</summary>
    private static async Task<(string Client, Task<string> Rows)> OpenAsync(OwnServer server, string xid)
    {
        var client = (await PostAsync(server, "/cep/realtime", xid, "80")).TrimEnd('\n');
        await PostAsync(server, "/cep/realtime", xid, $"81,{client},/alarms/1");
        await PostAsync(server, "/cep/realtime", xid, $"83,{client}");
        return (client, PostAsync(server, "/cep/realtime", xid, $"83,{client}"));
    }

    private static async Task<string> PostAsync(OwnServer server, string path, string xid, string body)
    {
        using var content = new StringContent(body) { Headers = { { "X-Id", xid } } };
        using var response = await server.Http.PostAsync(path, content);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>What one counter counts from now on.</summary>
    private sealed class Count : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _value;

        public Count(Instrument counter)
        {
            _listener.SetMeasurementEventCallback<long>((_, more, _, _) => Interlocked.Add(ref _value, more));
            _listener.EnableMeasurementEvents(counter);
            _listener.Start();
        }

        public long Value => Interlocked.Read(ref _value);

        public void Dispose() => _listener.Dispose();
    }
}
