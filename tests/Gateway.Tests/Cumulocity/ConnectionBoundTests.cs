using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Tidings.Gateway.Sessions;
using Tidings.Gateway.Tests.Identity;
using Tidings.Gateway.Tests.Server;

namespace Tidings.Gateway.Tests.Cumulocity;

/// <summary>How many connections a user has to one channel.</summary>
public sealed class ConnectionBoundTests : IAsyncLifetime
{
    private const string Realtime = "/notification/realtime", Later = "86,,10000,retry\n";
    private const string User = "red/alice";
    private SecuredServer _server = null!;
    private int _held;

    public async Task InitializeAsync()
    {
        _server = await SecuredServer.StartAsync();
        Assert.StartsWith("20,", await RowsAsync("/s", "11,100,,$.id,$.id"), StringComparison.Ordinal);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Item_74_of_eleven_connections_of_a_user_to_a_channel_the_oldest_is_closed_and_loses_nothing()
    {
        var elsewhere = await HoldAsync("/alarms/other");
        var polls = new List<(string Client, Task<string> Rows)>();
        for (var i = 0; i < 11; i++)
        {
            polls.Add(await HoldAsync("/alarms/1"));
        }

        Assert.Equal(Later, await polls[0].Rows);
        await PublishAsync("""{"id":"1"}""");
        Assert.All(await Task.WhenAll(polls.Skip(1).Select(static poll => poll.Rows)), static rows => Assert.Equal("100,1\n", rows));
        Assert.Equal("100,1\n", await RowsAsync(Realtime, $"83,{polls[0].Client}"));
        Assert.False(elsewhere.Rows.IsCompleted);
    }

    [Fact]
    public async Task Item_74_connections_in_JSON_count_with_those_of_SmartREST()
    {
        using var socket = await SecuredSocket.OpenAsync(_server, SecuredServer.Basic(User), Realtime);
        await socket.SendAsync($"[{SecuredServer.Handshake()}]");
        var client = (string)(await socket.NextAsync("/meta/handshake"))["clientId"]!;
        await socket.SendAsync($"[{SecuredServer.Subscribe(client, "/alarms/1")}]");
        await socket.NextAsync("/meta/subscribe");
        await socket.SendAsync($"[{SecuredServer.Connect(client)}]");
        await socket.NextAsync("/meta/connect");
        await socket.SendAsync($"[{SecuredServer.Connect(client)}]");
        await HeldAsync();
        for (var i = 0; i < 10; i++)
        {
            await HoldAsync("/alarms/1");
        }

        var reply = await socket.NextAsync("/meta/connect");
        Assert.Equal(2000, (long)reply["advice"]!["interval"]!);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await socket.CloseStatusAsync());
    }

    /// <summary>A new session of the user whose poll is held.</summary>
    private async Task<(string Client, Task<string> Rows)> HoldAsync(string channel)
    {
        var client = (await RowsAsync(Realtime, "80")).TrimEnd('\n');
        Assert.Equal("", await RowsAsync(Realtime, $"81,{client},{channel}"));
        Assert.Equal("86,5400000,0,retry\n", await RowsAsync(Realtime, $"83,{client}"));
        var rows = RowsAsync(Realtime, $"83,{client}");
        await HeldAsync();
        return (client, rows);
    }

    private async Task HeldAsync()
    {
        _held++;
        await Eventually.TrueAsync(() => Held() >= Math.Min(_held, 10), "A poll is not held.");
    }

    private int Held() => _server.Services.GetRequiredService<GatewayHub>().Sessions.Count(static session => session.Protocol is ICountedConnection { Order: not null });

    private async Task PublishAsync(string json)
    {
        using var published = await _server.SendAsync(HttpMethod.Post, "/channels/alarms/1", SecuredServer.Basic(User), json);
        published.EnsureSuccessStatusCode();
    }

    private async Task<string> RowsAsync(string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body), Headers = { Authorization = SecuredServer.Basic(User) } };
        request.Headers.Add("X-Id", "bound");
        using var response = await _server.Http.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }
}
