using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Tests.Server;

/// <summary>A client that stops reading under a broadcast, on a server whose windows are small, by the rule of the channel.</summary>
public sealed class SlowReaderTests
{
    private const int Messages = 400;
    private const int MessageBytes = 60_000;
    private const int Window = 20;
    private const string Channel = "/slow/reader";

    [Fact]
    public async Task By_default_it_reads_on_from_the_log_and_misses_nothing()
    {
        await using var server = await StartAsync(WhenFull.ReadLog);
        using var slow = await StopReadingAsync(server);

        Assert.Equal(Enumerable.Range(1, Messages), await RestAsync(slow));
        Assert.Null((await ConnectedAsync(slow))["ext"]);
    }

    [Theory]
    [InlineData(WhenFull.DropOldest)]
    [InlineData(WhenFull.KeepLatest)]
    public async Task Where_messages_may_be_dropped_it_goes_on_with_the_newest_and_is_told(WhenFull policy)
    {
        await using var server = await StartAsync(policy);
        using var slow = await StopReadingAsync(server);

        var got = await RestAsync(slow);

        var hole = got.FindIndex(number => number > 1 && !got.Contains(number - 1));
        Assert.InRange(hole, 1, got.Count - 1);
        Assert.Equal([.. Enumerable.Range(1, hole), .. Enumerable.Range(got[hole], Messages - got[hole] + 1)], got);
        Assert.InRange(got.Count - hole, 1, Window);
        var gap = Assert.Single((await ConnectedAsync(slow))["ext"]!["gaps"]!.AsArray())!;
        Assert.Equal((Channel, got[hole]), ((string)gap["channel"]!, (int)gap["resumedAt"]!));
    }

    [Fact]
    public async Task Where_it_is_to_end_its_socket_is_closed_and_its_session_unknown()
    {
        await using var server = await StartAsync(WhenFull.EndSession);
        using var slow = await StopReadingAsync(server);

        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await slow.ClosedAsync());

        using var back = await BayeuxSocketClient.OpenAsync(server.Address);
        back.ClientId = slow.ClientId;
        Assert.StartsWith("402:", (string)(await ConnectedAsync(back))["error"]!, StringComparison.Ordinal);
    }

    private static Task<OwnServer> StartAsync(WhenFull policy) => OwnServer.StartAsync(
        ("Tidings:Windows:Rules:0:Channels", "/slow/*"),
        ("Tidings:Windows:Rules:0:WhenFull", $"{policy}"),
        ("Tidings:Limits:PendingMessagesPerSession", $"{Window}"),
        ("Tidings:Bayeux:Timeout", "00:00:00.100"));

    /// <summary>A client that was sent far more than connections take up, while another got all of it.</summary>
    private static async Task<BayeuxSocketClient> StopReadingAsync(OwnServer server)
    {
        var slow = await BayeuxSocketClient.SubscribedAsync(server.Address, Channel);
        using var quick = await BayeuxSocketClient.SubscribedAsync(server.Address, Channel);
        await slow.NextAsync("/meta/connect");
        for (var i = 1; i <= Messages; i++)
        {
            using var content = new StringContent($"{i}".PadRight(MessageBytes), Encoding.UTF8, "text/plain");
            (await server.Http.PostAsync("/channels" + Channel, content)).EnsureSuccessStatusCode();
            Assert.Equal(i, await NumberAsync(quick));
        }

        return slow;
    }

    private static async Task<List<int>> RestAsync(BayeuxSocketClient slow)
    {
        var got = new List<int>();
        while (got is not [.., Messages])
        {
            got.Add(await NumberAsync(slow));
        }

        return got;
    }

    private static async Task<System.Text.Json.Nodes.JsonNode> ConnectedAsync(BayeuxSocketClient client)
    {
        await client.ConnectAsync();
        return await client.NextAsync("/meta/connect");
    }

    private static async Task<int> NumberAsync(BayeuxSocketClient client) => int.Parse((string)(await client.NextAsync(Channel))["data"]!, CultureInfo.InvariantCulture);
}
