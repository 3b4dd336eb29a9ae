using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Tidings.Gateway.Tests.Server;

/// <summary>Settings that count without a restart.</summary>
public sealed class LiveSettingsTests
{
    private static readonly AuthenticationHeaderValue Ann = new("Basic", Convert.ToBase64String("ann:correct horse"u8));

    [Fact]
    public async Task Limits_of_requests_follow_the_configuration()
    {
        await using var server = await OwnServer.StartAsync();
        Assert.Equal(HttpStatusCode.OK, await PublishAsync(server, new string('x', 4000)));

        server.Change("Tidings:Limits:MessageBytes", "2048");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PublishAsync(server, new string('x', 4000)));

        server.Change("Tidings:Limits:MessageBytes", "0");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PublishAsync(server, new string('x', 4000)));

        server.Change("Tidings:Limits:MessageBytes", "8192");
        Assert.Equal(HttpStatusCode.OK, await PublishAsync(server, new string('x', 4000)));
    }

    [Fact]
    public async Task Limits_of_logs_and_of_messages_in_a_request_follow_the_configuration()
    {
        await using var server = await OwnServer.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            await PublishAsync(server, "x");
        }

        server.Change("Tidings:Limits:LogMessages", "2");
        server.Change("Tidings:Limits:MessagesPerRequest", "1");
        await PublishAsync(server, "x");

        var log = await server.Http.GetFromJsonAsync<JsonNode>("/channels/live/settings?after=0");
        Assert.Equal([5, 6], log!["messages"]!.AsArray().Select(static message => (int)message!["offset"]!));
        using var two = new StringContent("""[{"channel":"/meta/handshake"},{"channel":"/meta/handshake"}]""", Encoding.UTF8, "application/json");
        using var answer = await server.Http.PostAsync("/cometd", two);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Roles_and_users_follow_the_configuration()
    {
        await using var server = await OwnServer.StartAsync(
            ("Tidings:Users:ann:Password", "correct horse"), ("Tidings:Users:ann:Roles:0", "reader"), ("Tidings:Roles:reader:Subscribe:0", "/news/**"));
        server.Http.DefaultRequestHeaders.Authorization = Ann;
        Assert.Equal(HttpStatusCode.OK, await ReadAsync(server, "news/a"));
        Assert.Equal(HttpStatusCode.Forbidden, await ReadAsync(server, "sport/a"));

        server.Change("Tidings:Roles:reader:Subscribe:0", "/sport/**");
        await Eventually.TrueAsync(async () => await ReadAsync(server, "sport/a") == HttpStatusCode.OK, "The role's new rule did not come into force.");
        Assert.Equal(HttpStatusCode.Forbidden, await ReadAsync(server, "news/a"));

        server.Change("Tidings:Roles:reader:Subscribe:0", "no channel");
        Assert.Equal(HttpStatusCode.OK, await ReadAsync(server, "sport/a"));

        server.Change("Tidings:Roles:reader:Subscribe:0", "/sport/**");
        server.Change("Tidings:Users:ann:Password", "another one");
        await Eventually.TrueAsync(async () => await ReadAsync(server, "sport/a") == HttpStatusCode.Unauthorized, "The old password is still good.");
    }

    private static async Task<HttpStatusCode> PublishAsync(OwnServer server, string text)
    {
        using var answer = await server.Http.PostAsJsonAsync("/channels/live/settings", text);
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> ReadAsync(OwnServer server, string channel)
    {
        using var answer = await server.Http.GetAsync("/channels/" + channel);
        return answer.StatusCode;
    }
}
