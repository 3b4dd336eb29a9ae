using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Tidings.Client.Tests.Servers;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Client.Tests;

/// <summary>Single failures: of one request, of a handler of the application's.</summary>
public sealed class TroubleTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    [Fact]
    public async Task A_request_that_fails_beside_the_socket_ends_no_publishing()
    {
        var failing = 0;
        await using var proxied = await GatewayServer.StartAsync(app => app.Use((context, next) =>
        {
            if (context.Request.Method != HttpMethods.Post || Interlocked.Exchange(ref failing, 0) == 0)
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status502BadGateway;
            return Task.CompletedTask;
        }));
        var changes = 0;
        await using var client = New(proxied.Endpoint);
        await using var subscription = await client.SubscribeAsync("/a").For("There is no session.");
        client.StateChanged += (_, _) => changes++;

        for (var i = 0; i < 3; i++)
        {
            failing = 1;
            await client.PublishAsync("/a", i).For("A request that failed once ended all after it.");
        }

        Assert.Equal([0, 1, 2], (await subscription.ReadAsync(3)).Select(static message => message.Read<int>()));
        Assert.Equal(0, changes);
    }

    [Fact]
    public async Task A_handler_that_fails_ends_nothing()
    {
        await using var relay = new Browser.Relay(server.Address);
        await using var client = New(new Uri(relay.Address, "/cometd"));
        client.StateChanged += static (_, change) => throw new InvalidOperationException($"Not prepared for {change.State}");
        await client.ConnectAsync().For("A handler that failed kept the client from its session.");

        relay.Cut();
        await client.PublishAsync(GatewayServer.NewChannel(), 1).For("A handler that failed ended the client.");

        await client.DisposeAsync();
        Assert.Equal(TidingsState.Closed, client.State);
    }

    [Fact]
    public async Task A_subscription_that_was_given_up_is_not_in_force()
    {
        using var giveUp = new CancellationTokenSource();
        await using var scripted = await ScriptedServer.StartAsync(request =>
        {
            if ((string)request["channel"]! == "/meta/subscribe")
            {
                giveUp.Cancel();
                return new System.Text.Json.Nodes.JsonObject { ["id"] = "late" };
            }

            return ScriptedServer.Plain(request);
        });
        await using var client = new TidingsClient(new TidingsClientOptions { Url = scripted.Endpoint, Transports = TidingsTransports.LongPolling });
        await client.ConnectAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SubscribeAsync("/a", cancellationToken: giveUp.Token).For("It is not given up."));

        await Eventually.TrueAsync(() => scripted.RequestsOn("/meta/unsubscribe").Any(), () => "the end of a subscription that the server may have");
    }

    /// <summary>Without acknowledgement: requests go over polls beside the socket.</summary>
    private static TidingsClient New(Uri endpoint) => new(new TidingsClientOptions
    {
        Url = endpoint,
        Acknowledge = false,
        MinBackoff = TimeSpan.FromMilliseconds(10),
        MaxBackoff = TimeSpan.FromMilliseconds(200),
    });
}
