using System.Net.Http.Headers;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>Clients whose extensions put their credentials into every message give them to the server, and to nobody else.</summary>
public sealed class SecretInMessageTests(SharedSecuredServer shared) : IClassFixture<SharedSecuredServer>
{
    private static readonly AuthenticationHeaderValue Bob = SecuredServer.Basic("bob"), Alice = SecuredServer.Basic("alice");
    private readonly SecuredServer _server = shared.Server;

    [Theory]
    [InlineData("""{"authentication":{"user":"bob","password":"swordfish"},"kept":{"a":[1]}}""")]
    [InlineData("""{"kept":{"a":[1]},"authentication":{"token":"swordfish"}}""")]
    [InlineData("""{"kept":{"a":[1]},"com.cumulocity.authn":{"token":"swordfish"}}""")]
    [InlineData("""{"kept":{"a":[1]},"\u0061uthentication":{"token":"swordfish"}}""")]
    [InlineData("""{"authentication":"swordfish","kept":{"a":[1]},"authentication":"swordfish"}""")]
    public async Task They_reach_no_subscriber(string ext)
    {
        var text = await ReceivedAsync(ext);

        Assert.Contains("""
            "ext":{"kept":{"a":[1]}}
            """, text, StringComparison.Ordinal);
        Assert.DoesNotContain("swordfish", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"nested":{"authentication":1},"\ud800":2}""")]
    public async Task What_else_an_ext_has_is_passed_on_as_it_is(string ext) =>
        Assert.Contains($"\"ext\":{ext}", await ReceivedAsync(ext), StringComparison.Ordinal);

    private async Task<string> ReceivedAsync(string ext)
    {
        var subscriber = await _server.HandshakeAsync(Alice);
        await _server.BayeuxAsync(SecuredServer.Subscribe(subscriber, "/news/secrets"), Alice);
        await _server.BayeuxAsync(SecuredServer.Connect(subscriber), Alice);
        var publisher = await _server.HandshakeAsync(Bob);

        var reply = await _server.BayeuxAsync(SecuredServer.Publish(publisher, "/news/secrets")[..^1] + $",\"ext\":{ext}}}", Bob);
        Assert.True((bool)reply["successful"]!, reply.ToJsonString());
        using var response = await _server.SendAsync(HttpMethod.Post, "/cometd", Alice, $"[{SecuredServer.Connect(subscriber)}]");
        return await response.Content.ReadAsStringAsync();
    }
}
