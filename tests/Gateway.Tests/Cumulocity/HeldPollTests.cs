using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Tidings.Gateway.Sessions;
using Tidings.Gateway.Tests.Server;

namespace Tidings.Gateway.Tests.Cumulocity;

/// <summary>Polls on the wire: signs of life, old HTTP, clients that go.</summary>
public sealed class HeldPollTests : IAsyncLifetime
{
    private const string XId = "held";
    private OwnServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await OwnServer.StartAsync(("Tidings:Cumulocity:KeepAlive", "00:00:00.2"), ("Tidings:SmartRest:KeepAlive", "00:00:00.2"));
        Assert.StartsWith("20,", await SmartAsync("/s", "11,100,,,$.id"), StringComparison.Ordinal);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Item_51_a_held_JSON_poll_gets_spaces_that_its_answer_begins_with()
    {
        var client = await JsonSession.OpenAsync(_server.Http, "/cep/realtime", "/alarms/1");
        using var poll = await RawPoll.SendAsync(_server.Address, "/cep/realtime", client.Connect(), "1.1", null);
        await poll.ReadUntilAsync(static text => Body(text).Count(static c => c == ' ') >= 2, "two signs of life");

        await client.PublishAsync("/alarms/1", """{"id":"7"}""");
        var answer = await poll.ReadUntilAsync(static text => text.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal), "the end of the response");

        Assert.Contains("\"id\":\"7\"", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Content-Length", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Items_51_and_79_a_held_row_83_of_HTTP_1_0_gets_spaces_and_ends_with_its_connection()
    {
        var client = (await SmartAsync("/cep/realtime", "80")).TrimEnd('\n');
        await SmartAsync("/cep/realtime", $"81,{client},/alarms/2");
        await SmartAsync("/cep/realtime", $"83,{client}");
        using var poll = await RawPoll.SendAsync(_server.Address, "/cep/realtime", $"83,{client}", "1.0", XId);
        await poll.ReadUntilAsync(static text => Body(text).Length >= 2, "two signs of life");

        await new JsonSession(_server.Http, "").PublishAsync("/alarms/2", """{"id":"7"}""");
        var answer = await poll.ReadToEndAsync();

        Assert.DoesNotContain("chunked", answer, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("100,7\n", Body(answer).TrimStart(' '));
        Assert.StartsWith("  ", Body(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("86,5400000,0,retry\n", "")]
    [InlineData("100,7\n", """{"id":"7"}""")]
    public async Task Item_79_HTTP_1_0_gets_a_whole_answer(string expected, string publish)
    {
        var client = (await SmartAsync("/cep/realtime", "80")).TrimEnd('\n');
        await SmartAsync("/cep/realtime", $"81,{client},/alarms/3");
        if (publish.Length > 0)
        {
            await new JsonSession(_server.Http, "").PublishAsync("/alarms/3", publish);
        }

        // The message may come with the first poll, which is answered at once, or with the next.
        var rows = "";
        await Eventually.TrueAsync(async () => (rows = await PollAsync(client)) == expected, $"an answer was {rows}");
    }

    private async Task<string> PollAsync(string client)
    {
        using var poll = await RawPoll.SendAsync(_server.Address, "/cep/realtime", $"83,{client}", "1.0", XId);
        var answer = await poll.ReadToEndAsync();
        Assert.DoesNotContain("chunked", answer, StringComparison.OrdinalIgnoreCase);
        return Body(answer).TrimStart(' ');
    }

    [Theory]
    [InlineData("80")]
    [InlineData("80,true")]
    public async Task Item_56_a_poll_whose_client_is_gone_loses_nothing(string handshake)
    {
        var channel = $"/alarms/56{handshake.Length}";
        var client = (await SmartAsync("/cep/realtime", handshake)).TrimEnd('\n');
        await SmartAsync("/cep/realtime", $"81,{client},{channel}");
        await SmartAsync("/cep/realtime", $"83,{client}");
        using (var dropped = await RawPoll.SendAsync(_server.Address, "/cep/realtime", $"83,{client}", "1.1", XId))
        {
            await dropped.ReadUntilAsync(static text => Body(text).Contains(' ', StringComparison.Ordinal), "a sign of life");
        }

        // Until the server knows, what it writes for a session that acknowledges nothing is gone.
        await Eventually.TrueAsync(() => !IsHeld(), "the poll is held still");
        await new JsonSession(_server.Http, "").PublishAsync(channel, """{"id":"7"}""");
        var rows = "";
        await Eventually.TrueAsync(
            async () => (rows += await SmartAsync("/cep/realtime", $"83,{client}")).Contains(",7\n", StringComparison.Ordinal), "the notification did not come");
    }

    [Fact]
    public async Task Items_52_and_58_a_poll_ends_when_its_time_is_up_and_a_session_when_nobody_polls()
    {
        await using var server = await OwnServer.StartAsync(("Tidings:SmartRest:Timeout", "00:00:00.3"), ("Tidings:SmartRest:SessionLifetime", "00:00:01"));
        await SmartAsync("/s", "11,100,,$.id,$.text", server);
        var client = (await SmartAsync("/cep/realtime", "80", server)).TrimEnd('\n');

        Assert.Equal("86,300,0,retry\n", await SmartAsync("/cep/realtime", $"83,{client}", server));
        Assert.Equal("86,300,0,retry\n", await SmartAsync("/cep/realtime", $"83,{client}", server));

        // What is no poll prolongs a session's life for a while only.
        await Eventually.TrueAsync(
            async () => await SmartAsync("/cep/realtime", $"82,{client},/none", server) == "86,,,handshake\n", "the session did not end");
    }

    [Fact]
    public async Task A_poll_carries_a_bounded_number_of_rows_and_the_next_one_the_rest()
    {
        const int Messages = 200;
        await using var server = await OwnServer.StartAsync(("Tidings:SmartRest:ResponseBytes", "1024"));
        await SmartAsync("/s", "11,100,,$.id,$.text", server);
        var client = (await SmartAsync("/cep/realtime", "80", server)).TrimEnd('\n');
        await SmartAsync("/cep/realtime", $"81,{client},/alarms/1", server);
        var publisher = new JsonSession(server.Http, "");
        for (var id = 0; id < Messages; id++)
        {
            await publisher.PublishAsync("/alarms/1", $$"""{"id":{{id}},"text":"{{new string('x', 100)}}"}""");
        }

        var rows = new List<string>();
        while (rows.Count < Messages)
        {
            var answer = await SmartAsync("/cep/realtime", $"83,{client}", server);
            Assert.InRange(answer.Length, 0, 4096);
            rows.AddRange(answer.Split('\n').Where(static row => row.StartsWith("100,", StringComparison.Ordinal)));
        }

        Assert.Equal(Messages, rows.Count);
    }

    [Fact]
    public async Task Item_75_a_JSON_client_that_acknowledges_gets_again_what_it_did_not_get()
    {
        var client = new JsonSession(_server.Http, "/devicecontrol/notifications");
        var handshake = (await client.PostAsync("""[{"channel":"/meta/handshake","version":"1.0","ext":{"ack":true}}]"""))[0]!;
        Assert.True((bool)handshake["ext"]!["ack"]!);
        var id = (string)handshake["clientId"]!;
        await client.PostAsync($$"""[{"channel":"/meta/subscribe","clientId":"{{id}}","subscription":"/75"}]""");
        var first = (await client.PostAsync(Connect(id, -1)))[^1]!;
        await client.PublishAsync("/operations/75", """{"id":"1"}""");

        var lost = await client.PostAsync(Connect(id, (long)first["ext"]!["ack"]!));
        Assert.Equal("1", (string)lost[0]!["data"]!["id"]!);
        var again = await client.PostAsync(Connect(id, (long)first["ext"]!["ack"]!));
        Assert.Equal("1", (string)again[0]!["data"]!["id"]!);
        await client.PublishAsync("/operations/75", """{"id":"2"}""");
        var next = await client.PostAsync(Connect(id, (long)again[^1]!["ext"]!["ack"]!));
        Assert.Equal("2", (string)next[0]!["data"]!["id"]!);

        static string Connect(string id, long ack) =>
            $$$"""[{"ext":{"ack":{{{ack}}} },"channel":"/meta/connect","clientId":"{{{id}}}","connectionType":"long-polling"}]""";
    }

    [Fact]
    public async Task Item_76_an_answer_in_JSON_is_never_empty()
    {
        var client = await JsonSession.OpenAsync(_server.Http, "/cep/realtime");

        foreach (var body in new[] { client.Connect("""{"timeout":0}"""), """[{"channel":"/meta/connect"}]""", $$"""[{"channel":"/meta/disconnect","clientId":"{{client.ClientId}}"}]""" })
        {
            Assert.Single(await client.PostAsync(body));
        }
    }

    [Fact]
    public async Task Item_69_a_client_may_ask_for_two_hours_and_no_more()
    {
        await using var server = await OwnServer.StartAsync(("Tidings:Cumulocity:LongestTimeout", "00:00:00.3"));
        var client = await JsonSession.OpenAsync(server.Http, "/cep/realtime");

        Assert.Single(await client.ConnectAsync("""{"timeout":99999999}"""));
    }

    private bool IsHeld() => _server.Services.GetRequiredService<GatewayHub>().Sessions.Any(static session => session.Protocol is ICountedConnection { Order: not null });

    private async Task<string> SmartAsync(string path, string body, OwnServer? server = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body), Headers = { { "X-Id", XId } } };
        using var response = await (server ?? _server).Http.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    private static string Body(string response) =>
        response.IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and var end ? response[(end + 4)..] : "";

    /// <summary>A request whose answer is read as it comes.</summary>
    private sealed class RawPoll : IDisposable
    {
        private readonly TcpClient _client = new();
        private readonly byte[] _buffer = new byte[4096];
        private readonly StringBuilder _text = new();

        public static async Task<RawPoll> SendAsync(Uri server, string path, string body, string version, string? xid)
        {
            var poll = new RawPoll();
            await poll._client.ConnectAsync(server.Host, server.Port);
            var header = xid is null ? "" : $"X-Id: {xid}\r\n";
            var request = $"POST {path} HTTP/{version}\r\nHost: 127.0.0.1\r\n{header}Content-Length: {body.Length}\r\n\r\n{body}";
            await poll._client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
            return poll;
        }

        public Task<string> ReadToEndAsync() => ReadUntilAsync(static _ => false, "the end of the connection");

        public async Task<string> ReadUntilAsync(Func<string, bool> done, string missing)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
            try
            {
                while (!done(_text.ToString()))
                {
                    var read = await _client.GetStream().ReadAsync(_buffer, patience.Token);
                    if (read == 0)
                    {
                        return _text.ToString();
                    }

                    _text.Append(Encoding.UTF8.GetString(_buffer, 0, read));
                }
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"{missing} did not come; so far: {_text}");
            }

            return _text.ToString();
        }

        public void Dispose() => _client.Dispose();
    }
}
