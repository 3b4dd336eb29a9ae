using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Hosting;
using Tidings.Gateway.Sessions;
using Tidings.Gateway.Tests.Server;
using Tidings.Grains.Logs;

namespace Tidings.Gateway.Tests.Health;

public sealed class DeliveryProbeTests(RedisServerFixture redis) : IClassFixture<RedisServerFixture>
{
    /// <summary>How long Redis hangs: longer than patience, and than the calls that are under way by then.</summary>
    private const int PauseMilliseconds = 12_000;

    private static readonly (string, string)[] Quick =
    [
        ("Tidings:Health:ProbeEvery", "00:00:00.2"), ("Tidings:Health:Patience", "00:00:02"),
    ];

    [Fact]
    public async Task A_gateway_whose_Redis_hangs_is_not_ready_within_seconds_and_ready_again_by_itself()
    {
        await using var cluster = await OwnCluster.StartAsync((IPEndPoint)redis.Connection.GetEndPoints()[0], Quick);
        await BecomesAsync(cluster.Gateway, HttpStatusCode.OK);

        await redis.Server.ExecuteAsync("CLIENT", "PAUSE", PauseMilliseconds, "ALL");

        await BecomesAsync(cluster.Gateway, HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(cluster.Gateway, "/health/live"));
        await BecomesAsync(cluster.Gateway, HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_shows_readiness_is_seen_by_no_client_and_counted_nowhere()
    {
        await using var server = await OwnServer.StartAsync(Quick);
        using var client = await BayeuxSocketClient.SubscribedAsync(server.Address, "/**");
        await BecomesAsync(server, HttpStatusCode.OK);

        using var answer = await server.Http.PostAsJsonAsync("/channels/after", new { a = 1 });
        answer.EnsureSuccessStatusCode();

        // Whatever came before it would have been read first.
        Assert.Equal("/after", (string?)(await client.NextDeliveryAsync())["channel"]);
        var hub = server.Service<GatewayHub>();
        Assert.Equal(ChannelId.HealthTenant, Assert.Single(hub.Sessions.Except(hub.ClientSessions)).Tenant);
        Assert.Single(hub.ClientSessions);
    }

    [Fact]
    public async Task A_gateway_that_stops_ends_its_session_and_is_not_ready()
    {
        await using var server = await OwnServer.StartAsync(Quick);
        await BecomesAsync(server, HttpStatusCode.OK);

        server.Service<IHostApplicationLifetime>().StopApplication();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(server, "/health/ready"));
    }

    private static Task BecomesAsync(OwnServer server, HttpStatusCode status) =>
        Eventually.TrueAsync(async () => await StatusAsync(server, "/health/ready") == status, $"/health/ready did not become {status}.", TimeSpan.FromSeconds(60));

    private static async Task<HttpStatusCode> StatusAsync(OwnServer server, string path)
    {
        using var answer = await server.Http.GetAsync(path);
        return answer.StatusCode;
    }
}
