using System.Net;
using System.Text.Json.Nodes;
using Tidings.Gateway.Tests.Identity;

namespace Tidings.Gateway.Tests.Administration;

/// <summary>A server with an operator, and an administrator of tenant <c>red</c>, for the tests of one class.</summary>
public sealed class AdminServer : IAsyncLifetime
{
    internal const string Operator = "admin";
    internal const string RedAdmin = "red/chief";

    internal SecuredServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await SecuredServer.StartAsync(
        null,
        ("Users:red/chief:Password", SecuredServer.Password),
        ("Users:red/chief:Roles:0", "admin"),
        ("ConnectionEvents:Producer", "events"));

    public async Task DisposeAsync() => await Server.DisposeAsync();

    internal async Task<JsonNode> GetAsync(string path, string user = Operator)
    {
        using var response = await SendAsync(HttpMethod.Get, path, user);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    internal async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, string? user = Operator)
    {
        using var response = await SendAsync(method, path, user);
        return response.StatusCode;
    }

    internal Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? user, string? json = null) =>
        Server.SendAsync(method, "/api/admin/" + path, user is null ? null : SecuredServer.Basic(user), json);

    /// <summary>A session with a subscription.</summary>
    /// <returns>Its secret and its public id.</returns>
    internal async Task<(string Secret, string Id)> SessionAsync(string user, string channel)
    {
        var secret = await Server.HandshakeAsync(SecuredServer.Basic(user));
        var reply = await Server.BayeuxAsync(SecuredServer.Subscribe(secret, channel), SecuredServer.Basic(user));
        Assert.True((bool)reply["successful"]!, reply.ToJsonString());
        return (secret, SessionId.PublicOf(secret));
    }

    internal async Task PublishAsync(string user, string channel, string json) =>
        (await Server.SendAsync(HttpMethod.Post, "/channels" + channel, SecuredServer.Basic(user), json)).EnsureSuccessStatusCode().Dispose();
}
