using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Tests.Personium;

/// <summary>A standalone server with a cell <c>cell1</c> whose users' rules allow all, so that ACLs decide, and collections to try them on.</summary>
public sealed class PersoniumServer : IAsyncLifetime
{
    public const string Password = "correct horse";
    public const string Namespaces = "xmlns:D=\"DAV:\" xmlns:p=\"urn:x-personium:xmlns\"";
    public const string MakeStream =
        $"<D:mkcol {Namespaces}><D:set><D:prop><D:resourcetype><D:collection/><p:stream/></D:resourcetype></D:prop></D:set></D:mkcol>";

    private static readonly string[] Users = ["sender", "receiver", "both", "reader", "writer", "nobody"];
    private static int _collections;
    private readonly ConcurrentDictionary<string, string> _tokens = new();
    private WebApplication? _app;

    public Uri Address => Http.BaseAddress!;

    /// <summary>How many sessions there are.</summary>
    public int Sessions => _app!.Services.GetRequiredService<GatewayHub>().ClientSessions.Count();

    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(20) };

    public Task InitializeAsync() => StartAsync();

    /// <summary>Starts with further settings.</summary>
    public async Task StartAsync(params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration["Tidings:Personium:UnitFqdn"] = "unit1.example";
        builder.Configuration["Tidings:Users:cell1/owner:Password"] = Password;
        builder.Configuration["Tidings:Users:cell1/owner:Roles:0"] = "admin";
        builder.Configuration["Tidings:Users:cell2/owner:Password"] = Password;
        builder.Configuration["Tidings:Users:cell2/owner:Roles:0"] = "admin";
        foreach (var user in Users)
        {
            builder.Configuration[$"Tidings:Users:cell1/{user}:Password"] = Password;
            builder.Configuration[$"Tidings:Users:cell1/{user}:Roles:0"] = user;
            foreach (var action in new[] { "Subscribe", "Publish", "Create" })
            {
                builder.Configuration[$"Tidings:Roles:cell1/{user}:{action}:0"] = "/**";
            }
        }

        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        builder.AddTidings();
        _app = builder.Build();
        _app.MapTidings();
        await _app.StartAsync();
        Http.BaseAddress = new Uri(_app.Urls.First());
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await _app!.DisposeAsync();
    }

    /// <summary>A token of a user, from the cell's own endpoint.</summary>
    public async Task<string> TokenAsync(string user, string cell = "cell1")
    {
        if (_tokens.TryGetValue($"{cell}/{user}", out var known))
        {
            return known;
        }

        return _tokens[$"{cell}/{user}"] = (string)(await GrantAsync(user, cell))["access_token"]!;
    }

    public async Task<JsonNode> GrantAsync(string user, string cell = "cell1")
    {
        using var form = new FormUrlEncodedContent([new("grant_type", "password"), new("username", user), new("password", Password)]);
        using var response = await Http.PostAsync($"/{cell}/__token", form);
        response.EnsureSuccessStatusCode();
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    /// <summary>Sends a request as a user; null: without credentials.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        string method, string path, string? user, string? body = null, string? depth = null, string? host = null, string cell = "cell1")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
        };
        request.Headers.Authorization = user is null ? null : new AuthenticationHeaderValue("Bearer", await TokenAsync(user, cell));
        request.Headers.Host = host;
        if (depth is not null)
        {
            request.Headers.Add("Depth", depth);
        }

        return await Http.SendAsync(request);
    }

    /// <summary>Sends, and tells the status and the body.</summary>
    public async Task<(HttpStatusCode Status, string Body)> AskAsync(string method, string path, string? user, string? body = null, string? depth = null)
    {
        using var response = await SendAsync(method, path, user, body, depth);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>A path of a collection that no other test has.</summary>
    public static string NewPath() => $"/cell1/box1/col{Interlocked.Increment(ref _collections)}";

    /// <summary>A stream collection with queue q1 and topics t1 and t2, shared by privileges with the users named after them.</summary>
    public async Task<string> NewStreamAsync()
    {
        var path = NewPath();
        Assert.Equal(HttpStatusCode.Created, (await AskAsync("MKCOL", path, "owner", MakeStream)).Status);
        await DeclareAsync(path, "<p:queues><p:queue>q1</p:queue></p:queues><p:topics><p:topic>t1</p:topic><p:topic>t2</p:topic></p:topics>");
        var acl = $"<D:acl {Namespaces} xml:base=\"{Address}cell1/__role/box1/\">"
            + Ace("sender", "<p:stream-send/>") + Ace("receiver", "<p:stream-receive/>", "<D:read/>")
            + Ace("both", "<p:stream-send/>", "<p:stream-receive/>", "<D:read-properties/>") + Ace("reader", "<D:read/>") + Ace("writer", "<D:write/>") + "</D:acl>";
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("ACL", path, "owner", acl)).Status);
        return path;
    }

    public async Task DeclareAsync(string path, string properties) => Assert.Equal(HttpStatusCode.MultiStatus, (await AskAsync(
        "PROPPATCH", path, "owner", $"<D:propertyupdate {Namespaces}><D:set><D:prop>{properties}</D:prop></D:set></D:propertyupdate>")).Status);

    public static string Ace(string? role, params string[] privileges) =>
        $"<D:ace><D:principal>{(role is null ? "<D:all/>" : $"<D:href>{role}</D:href>")}</D:principal><D:grant>"
        + string.Concat(privileges.Select(static name => $"<D:privilege>{name}</D:privilege>")) + "</D:grant></D:ace>";

    /// <summary>Opens the socket of a topic of <see cref="NewStreamAsync"/>.</summary>
    public Task<TopicClient> ConnectAsync(string collection, string topic = "t1") =>
        OpenAsync($"/cell1/__topic/box1/{collection["/cell1/box1/".Length..]}.topic.{topic}");

    public async Task<TopicClient> OpenAsync(string path, string? host = null)
    {
        var socket = new ClientWebSocket();
        if (host is not null)
        {
            socket.Options.SetRequestHeader("Host", host);
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await socket.ConnectAsync(new Uri($"ws://{Address.Authority}{path}"), patience.Token);
        return new TopicClient(socket);
    }

    /// <summary>A socket that listens.</summary>
    public async Task<TopicClient> ListenAsync(string collection, string user = "receiver", string topic = "t1")
    {
        var client = await ConnectAsync(collection, topic);
        await client.TokenAsync(await TokenAsync(user));
        Assert.Equal("Success", (string?)(await client.NextAsync())!["Result"]);
        return client;
    }
}

/// <summary>The one server of the tests that change nothing about it.</summary>
[CollectionDefinition(Name)]
public sealed class PersoniumServerCollection : ICollectionFixture<PersoniumServer>
{
    public const string Name = "personium";
}

/// <summary>A client of a topic.</summary>
public sealed class TopicClient(ClientWebSocket socket) : IDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];

    public ClientWebSocket Socket => socket;

    public Task TokenAsync(string token) => SendAsync(new JsonObject { ["AccessToken"] = token }.ToJsonString());

    public Task SendAsync(string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);

    /// <summary>The next frame; null when the server closes.</summary>
    public async Task<JsonNode?> NextAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(_buffer.AsMemory(length), patience.Token);
            length += part.Count;
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            if (part.EndOfMessage)
            {
                return JsonNode.Parse(_buffer.AsSpan(0, length));
            }
        }
    }

    /// <summary>An error, and then the close.</summary>
    public async Task FailsAsync(string response, string reason)
    {
        var error = (await NextAsync())!;
        Assert.Equal(response, (string?)error["Response"]);
        Assert.Equal("Error", (string?)error["Result"]);
        Assert.Equal(reason, (string?)error["Reason"]);
        Assert.InRange((long)error["Timestamp"]!, 1_700_000_000, 4_000_000_000);
        await ClosesAsync();
    }

    public async Task ClosesAsync()
    {
        Assert.Null(await NextAsync());
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    public void Dispose() => socket.Dispose();
}
