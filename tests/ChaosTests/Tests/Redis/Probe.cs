using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tidings.ChaosTests.Tests.Redis;

/// <summary>Publishes now and then, over REST and over Bayeux, and looks at what the answers say.</summary>
sealed class Probe(Uri front) : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience, BaseAddress = front };
    string _clientId = "";

    /// <summary>Makes the Bayeux session.</summary>
    public async Task OpenAsync()
    {
        var reply = await AskAsync(new JsonObject
        {
            ["channel"] = "/meta/handshake",
            ["version"] = "1.0",
            ["supportedConnectionTypes"] = new JsonArray("long-polling"),
        });
        _clientId = reply.GetProperty("clientId").GetString()!;
    }

    /// <summary>Whether a publish over REST is acknowledged.</summary>
    public async Task<bool> IsStoredAsync()
    {
        using var answer = await PostAsync();
        return answer.IsSuccessStatusCode;
    }

    /// <summary>Demands that publishes are refused in both protocols' words, each in time.</summary>
    public async Task IsRefusedAsync()
    {
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(RestRefusesAsync(), BayeuxRefusesAsync());
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Stage.LongestPublish);
    }

    /// <summary>Subscribes a session of its own from a place in a channel's log on: the reply.</summary>
    public async Task<JsonElement> ReplayAsync(string channel, long after)
    {
        var handshake = await AskAsync(new JsonObject
        {
            ["channel"] = "/meta/handshake",
            ["version"] = "1.0",
            ["supportedConnectionTypes"] = new JsonArray("long-polling"),
            ["ext"] = new JsonObject { ["replay"] = true },
        });
        return await AskAsync(new JsonObject
        {
            ["channel"] = "/meta/subscribe",
            ["clientId"] = handshake.GetProperty("clientId").GetString(),
            ["subscription"] = channel,
            ["ext"] = new JsonObject { ["replay"] = new JsonObject { [channel] = after } },
        });
    }

    /// <summary>Publishes until it is stored: the offset.</summary>
    public async Task<long> OffsetAsync(string channel)
    {
        using var answer = await _http.PostAsJsonAsync("/channels" + channel, new { probe = true });
        answer.EnsureSuccessStatusCode();
        var page = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return page.GetProperty("offset").GetInt64();
    }

    public void Dispose() => _http.Dispose();

    async Task RestRefusesAsync()
    {
        using var answer = await PostAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.NotNull(answer.Headers.RetryAfter?.Delta);
    }

    async Task BayeuxRefusesAsync()
    {
        var reply = await AskAsync(new JsonObject { ["channel"] = "/probe/bayeux", ["clientId"] = _clientId, ["data"] = new JsonObject() });
        Assert.False(reply.GetProperty("successful").GetBoolean(), reply.GetRawText());
        Assert.StartsWith("503", reply.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    Task<HttpResponseMessage> PostAsync() => _http.PostAsJsonAsync("/channels/probe/rest", new { probe = true });

    async Task<JsonElement> AskAsync(JsonObject message)
    {
        using var answer = await _http.PostAsJsonAsync("/cometd", new JsonArray(message));
        answer.EnsureSuccessStatusCode();
        var replies = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return replies.EnumerateArray().First(reply => reply.TryGetProperty("successful", out _));
    }
}
