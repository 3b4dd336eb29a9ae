using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;

namespace Tidings.Gateway.Tests.Server;

/// <summary>A clock that is set while the server runs: what waits goes by the time that passes.</summary>
public sealed class ClockJumpTests
{
    private const string Handshake = """{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]}""";

    [Theory]
    [InlineData(3)]
    [InlineData(-3)]
    public async Task Sessions_and_held_polls_outlive_a_jump(int hours)
    {
        var clock = new JumpingClock();
        await using var server = await StartAsync(clock);
        var away = await OpenAsync(server);
        var polling = await OpenAsync(server);
        await SendAsync(server, $$"""{"channel":"/meta/subscribe","clientId":"{{polling}}","subscription":"/after/jump"}""");
        var held = SendAsync(server, Connect(polling, 20_000));
        await Eventually.TrueAsync(() => Deadline(server, polling) is null, "The poll is not held.");

        clock.Jump(TimeSpan.FromHours(hours));

        // One that asks for less is answered as if nothing was, by the scan that looks at all of them.
        await SendAsync(server, Connect(await OpenAsync(server), 300)).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.False(held.IsCompleted);
        Assert.True((bool)(await SendAsync(server, Connect(away, 0)))[^1]!["successful"]!);
        (await server.Http.PostAsJsonAsync("/channels/after/jump", 1)).Dispose();
        Assert.Contains(await held, static message => (string?)message!["channel"] == "/after/jump");
    }

    [Fact]
    public async Task A_session_whose_client_is_gone_ends_also_after_a_jump_back()
    {
        var clock = new JumpingClock();
        await using var server = await StartAsync(clock, ("Tidings:Bayeux:MaxInterval", "00:00:01"));
        var gone = await OpenAsync(server);

        clock.Jump(TimeSpan.FromHours(-3));

        await Eventually.TrueAsync(() => !IsHere(server, gone), "The session did not end.");
    }

    private static Task<OwnServer> StartAsync(TimeProvider clock, params (string Key, string Value)[] settings) =>
        OwnServer.StartAsync("Development", builder => builder.Services.AddSingleton(clock), settings);

    private static async Task<string> OpenAsync(OwnServer server)
    {
        var client = (string)(await SendAsync(server, Handshake))[0]!["clientId"]!;
        await SendAsync(server, Connect(client, 0));
        return client;
    }

    private static string Connect(string client, int timeout) =>
        $$$"""{"channel":"/meta/connect","clientId":"{{{client}}}","connectionType":"long-polling","advice":{"timeout":{{{timeout}}}}}""";

    private static DateTimeOffset? Deadline(OwnServer server, string client) =>
        server.Service<Gateway.Sessions.GatewayHub>().Find(ChannelId.DefaultTenant, SessionId.PublicOf(client))!.Deadline;

    private static bool IsHere(OwnServer server, string client) =>
        server.Service<Gateway.Sessions.GatewayHub>().Find(ChannelId.DefaultTenant, SessionId.PublicOf(client)) is not null;

    private static async Task<JsonArray> SendAsync(OwnServer server, string message)
    {
        using var content = new StringContent($"[{message}]", Encoding.UTF8, "application/json");
        using var answer = await server.Http.PostAsync("/cometd", content);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsArray();
    }

    /// <summary>The system's clock, set by a test; what passes passes as usual.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        private long _ticks;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

        public void Jump(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
    }
}
