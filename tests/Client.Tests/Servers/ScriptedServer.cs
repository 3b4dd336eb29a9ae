using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tidings.Client.Tests.Servers;

/// <summary>A Bayeux server over long polls that says what a test tells it to say, and keeps what it was asked.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Func<JsonObject, JsonObject> _answer;

    private ScriptedServer(WebApplication app, Func<JsonObject, JsonObject> answer)
    {
        _app = app;
        _answer = answer;
    }

    /// <summary>The Bayeux endpoint.</summary>
    public Uri Endpoint => new($"{_app.Urls.First()}/cometd");

    /// <summary>Requests in the order of their arrival, with their <c>Authorization</c> header as member <c>$authorization</c>.</summary>
    public IReadOnlyList<JsonObject> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    private readonly List<JsonObject> _requests = [];

    /// <param name="answer">Gives members of the reply to a request; the channel, the id and <c>successful</c> are added where they are missing.</param>
    public static async Task<ScriptedServer> StartAsync(Func<JsonObject, JsonObject> answer)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var server = new ScriptedServer(app, answer);
        app.MapPost("/cometd", server.ServeAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>A reply to a handshake; others are as short as can be, connects wait a moment.</summary>
    public static JsonObject Plain(JsonObject request) => (string)request["channel"]! switch
    {
        "/meta/handshake" => new JsonObject { ["clientId"] = "c1", ["version"] = "1.0", ["advice"] = new JsonObject { ["reconnect"] = "retry", ["interval"] = 20, ["timeout"] = 1000 } },
        _ => [],
    };

    public IEnumerable<JsonObject> RequestsOn(string channel) => Requests.Where(request => (string?)request["channel"] == channel);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> ServeAsync(HttpRequest http)
    {
        var replies = new JsonArray();
        foreach (var request in (await JsonNode.ParseAsync(http.Body))!.AsArray().Select(static node => node!.AsObject()))
        {
            lock (_requests)
            {
                var kept = request.DeepClone().AsObject();
                kept["$authorization"] = http.Headers.Authorization.ToString();
                _requests.Add(kept);
            }

            var reply = _answer(request);
            reply["channel"] ??= (string?)request["channel"];
            reply["id"] ??= (string?)request["id"];
            reply["successful"] ??= true;
            replies.Add((JsonNode)reply);
        }

        return Results.Text(replies.ToJsonString(), "application/json");
    }
}
