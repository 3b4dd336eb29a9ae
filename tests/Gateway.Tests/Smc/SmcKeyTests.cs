using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Tidings.Gateway.Tests.Identity;

namespace Tidings.Gateway.Tests.Smc;

/// <summary>What began with a key of the configuration ends when the key leaves it.</summary>
public sealed class SmcKeyTests : IAsyncLifetime
{
    private readonly CookieContainer _cookies = new();
    private SecuredServer _server = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await SecuredServer.StartAsync(
            null, ("Smc:Keys:0:Key", "leaves"), ("Smc:Keys:0:User", "bob"), ("Smc:Keys:1:Key", "stays"), ("Smc:Keys:1:User", "bob"));
        _client = new HttpClient(new HttpClientHandler { CookieContainer = _cookies }) { BaseAddress = _server.Address };
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_key_that_leaves_ends_its_login_and_sockets()
    {
        await LoginAsync("leaves");
        using var socket = await OpenAsync();

        Replace("leaves", "another");

        Assert.Equal(WebSocketMessageType.Close, (await NextAsync(socket)).MessageType);
        using var response = await _client.GetAsync("/7.2/current_user");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Another_key_s_login_goes_on()
    {
        await LoginAsync("stays");

        Replace("leaves", "another");

        using var response = await _client.GetAsync("/7.2/current_user");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private async Task LoginAsync(string key)
    {
        using var body = new StringContent($$"""{"authenticationkey":"{{key}}"}""", Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync("/7.2/login", body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private async Task<ClientWebSocket> OpenAsync()
    {
        var socket = new ClientWebSocket { Options = { Cookies = _cookies } };
        await socket.ConnectAsync(new UriBuilder(_server.Address) { Scheme = "ws", Path = "/7.2/notification/socket" }.Uri, CancellationToken.None);
        return socket;
    }

    private static async Task<WebSocketReceiveResult> NextAsync(ClientWebSocket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        return await socket.ReceiveAsync(new byte[1024], patience.Token);
    }

    private void Replace(string key, string by)
    {
        var configuration = (IConfigurationRoot)_server.Services.GetRequiredService<IConfiguration>();
        var entry = configuration.GetSection("Tidings:Smc:Keys").GetChildren().Single(child => child["Key"] == key);
        configuration[$"{entry.Path}:Key"] = by;
        configuration.Reload();
    }
}
