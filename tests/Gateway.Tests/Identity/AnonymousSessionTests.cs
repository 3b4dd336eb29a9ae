using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>Sessions of callers without credentials end when such callers are served no more.</summary>
public sealed class AnonymousSessionTests : IAsyncLifetime
{
    private SecuredServer _server = null!;

    public async Task InitializeAsync() => _server = await SecuredServer.StartAsync(null, ("Anonymous", "true"), ("Roles:anonymous:Subscribe:0", "/news/**"));

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_socket_s_session_ends()
    {
        using var socket = await SecuredSocket.OpenAsync(_server, null);
        await socket.SendAsync($"[{SecuredServer.Handshake()}]");
        var client = (string)(await socket.NextAsync("/meta/handshake"))["clientId"]!;
        await socket.SendAsync($"[{SecuredServer.Connect(client)}]");
        await socket.NextAsync("/meta/connect");
        await socket.SendAsync($"[{SecuredServer.Connect(client)}]");

        Switch("false");

        Assert.Equal("402::session_unknown", (string?)(await socket.NextAsync("/meta/connect"))["error"]);
        await socket.SendAsync($"[{SecuredServer.Handshake()}]");
        Assert.Equal("403::handshake_denied", (string?)(await socket.NextAsync("/meta/handshake"))["error"]);
    }

    [Fact]
    public async Task One_that_nobody_looked_at_is_unknown_all_the_same()
    {
        var client = await _server.HandshakeAsync(null);
        Assert.True((bool)(await _server.BayeuxAsync(SecuredServer.Subscribe(client, "/news/a")))["successful"]!);

        Switch("false");

        Assert.Equal("402::session_unknown", (string?)(await _server.BayeuxAsync(SecuredServer.Subscribe(client, "/news/b")))["error"]);
    }

    [Fact]
    public async Task Sessions_of_users_go_on()
    {
        var client = await _server.HandshakeAsync(SecuredServer.Basic("alice"));

        Switch("false");

        Assert.True((bool)(await _server.BayeuxAsync(SecuredServer.Subscribe(client, "/news/a"), SecuredServer.Basic("alice")))["successful"]!);
    }

    private void Switch(string anonymous)
    {
        var configuration = (IConfigurationRoot)_server.Services.GetRequiredService<IConfiguration>();
        configuration["Tidings:Anonymous"] = anonymous;
        configuration.Reload();
    }
}
