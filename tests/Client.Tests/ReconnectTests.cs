using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Tidings.Browser;
using Tidings.Client.Tests.Servers;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Client.Tests;

/// <summary>Cuts, servers without sockets, and sessions that end.</summary>
public sealed class ReconnectTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    [Theory]
    [InlineData(TidingsTransports.WebSocket)]
    [InlineData(TidingsTransports.LongPolling)]
    public async Task Cuts_lose_and_double_nothing(TidingsTransports transports)
    {
        await using var relay = new Relay(server.Address);
        await using var reader = New(new Uri(relay.Address, "/cometd"), transports);
        await using var writer = New(new Uri(relay.Address, "/cometd"), transports);
        var channel = GatewayServer.NewChannel();
        await using var subscription = await reader.SubscribeAsync(channel);

        var publishing = Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++)
            {
                await writer.PublishAsync(channel, i);
            }
        });
        var got = new List<int>();
        for (var cut = 0; cut < 5; cut++)
        {
            got.AddRange((await subscription.ReadAsync(40)).Select(static message => message.Read<int>()));
            relay.Cut();
        }

        await publishing.For("Publishes were not acknowledged after cuts.");
        got.AddRange((await subscription.ReadAsync(100)).Select(static message => message.Read<int>()));
        Assert.Equal(Enumerable.Range(0, 300), got);
    }

    [Fact]
    public async Task A_publish_waits_for_the_connection_to_come_back()
    {
        await using var relay = new Relay(server.Address);
        await using var client = New(new Uri(relay.Address, "/cometd"), TidingsTransports.All);
        await client.ConnectAsync();
        relay.Down();

        var publishing = client.PublishAsync(GatewayServer.NewChannel(), 1);
        await Eventually.TrueAsync(() => client.State == TidingsState.Connecting, () => "the client noticing the cut");
        Assert.False(publishing.IsCompleted);
        relay.Up();

        await publishing.For("The publish was not acknowledged when the network was back.");
    }

    [Fact]
    public async Task Without_sockets_there_are_polls()
    {
        await using var polling = await GatewayServer.StartAsync(static app => app.Use(static (context, next) =>
        {
            if (context.Request.Headers.Upgrade.Count == 0)
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Task.CompletedTask;
        }));
        await using var client = New(polling.Endpoint, TidingsTransports.All);
        var transports = new List<string?>();
        client.StateChanged += (_, change) => transports.Add(change.Transport);
        await using var subscription = await client.SubscribeAsync("/a").For("There is no session.");

        await client.PublishAsync("/a", "polled");

        Assert.Equal("polled", (await subscription.ReadAsync(1))[0].Read<string>());
        Assert.Equal(["long-polling"], transports);
    }

    [Fact]
    public async Task Wrong_credentials_close_the_client()
    {
        await using var secured = await GatewayServer.StartAsync(null, ("Tidings:BootstrapAdmin:Password", "first-password"));
        var asked = 0;
        await using var client = new TidingsClient(new TidingsClientOptions
        {
            Url = secured.Endpoint,
            MinBackoff = TimeSpan.FromMilliseconds(1),
            Credentials = _ =>
            {
                asked++;
                return ValueTask.FromResult<TidingsCredentials?>(TidingsCredentials.Basic("admin", "wrong"));
            },
        });

        var closed = await Assert.ThrowsAsync<TidingsClosedException>(() => client.ConnectAsync().For("The client goes on with wrong credentials."));

        Assert.Equal(401, closed.Code);
        Assert.Equal(2, asked);
        Assert.Equal(TidingsState.Closed, client.State);
    }

    [Theory]
    [InlineData(TidingsTransports.WebSocket)]
    [InlineData(TidingsTransports.LongPolling)]
    public async Task Good_credentials_open_a_session(TidingsTransports transports)
    {
        await using var secured = await GatewayServer.StartAsync(null, ("Tidings:BootstrapAdmin:Password", "first-password"));
        await using var client = new TidingsClient(new TidingsClientOptions
        {
            Url = secured.Endpoint,
            Transports = transports,
            Credentials = static _ => ValueTask.FromResult<TidingsCredentials?>(TidingsCredentials.Basic("admin", "first-password")),
        });
        await using var subscription = await client.SubscribeAsync("/a").For("There is no session.");

        await client.PublishAsync("/a", "mine");

        Assert.Equal("mine", (await subscription.ReadAsync(1))[0].Read<string>());
    }

    [Theory]
    [InlineData(TidingsTransports.WebSocket, true)]
    [InlineData(TidingsTransports.All, false)]
    [InlineData(TidingsTransports.LongPolling, true)]
    public async Task Tokens_of_the_server_are_renewed_in_the_same_session(TidingsTransports transports, bool acknowledge)
    {
        await using var secured = await GatewayServer.StartAsync(null, ("Tidings:BootstrapAdmin:Password", "first-password"), ("Tidings:Tokens:Lifetime", "00:00:05"));
        using var http = new HttpClient();
        var given = 0;
        await using var client = new TidingsClient(new TidingsClientOptions
        {
            Url = secured.Endpoint,
            Transports = transports,
            Acknowledge = acknowledge,
            Credentials = async cancellation =>
            {
                given++;
                using var form = new FormUrlEncodedContent([new("grant_type", "password"), new("username", "admin"), new("password", "first-password")]);
                using var answer = await http.PostAsync(new Uri(secured.Address, "/token"), form, cancellation);
                var token = (await answer.Content.ReadFromJsonAsync<JsonObject>(cancellation))!;
                return TidingsCredentials.Bearer((string)token["access_token"]!, DateTimeOffset.UtcNow + TimeSpan.FromSeconds((int)token["expires_in"]!));
            },
        });
        var reasons = new List<string?>();
        client.StateChanged += (_, change) => reasons.Add(change.Reason);
        await using var subscription = await client.SubscribeAsync("/tokens").For("The subscription is not in force.");

        for (var i = 0; given < 4; i++)
        {
            await client.PublishAsync("/tokens", i).For("A publish was not acknowledged.");
            Assert.Equal(i, (await subscription.ReadAsync(1))[0].Read<int>());
        }

        Assert.Equal([null], reasons);
    }

    private static TidingsClient New(Uri endpoint, TidingsTransports transports) => new(new TidingsClientOptions
    {
        Url = endpoint,
        Transports = transports,
        MinBackoff = TimeSpan.FromMilliseconds(10),
        MaxBackoff = TimeSpan.FromMilliseconds(200),
    });
}
