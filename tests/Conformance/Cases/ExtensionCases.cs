using System.Text.Json.Nodes;
using Tidings.Conformance.Catalog;
using Tidings.Conformance.Client;
using Tidings.Conformance.Wire;

namespace Tidings.Conformance.Cases;

/// <summary>What the server does with the ext field.</summary>
static class ExtensionCases
{
    const int Attempts = 20;

    [Case(96, "The time extension answers with the client's time, the server's, the processing time and the accuracy")]
    static async Task Time_is_told(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        var now = Now();
        var sync = await SyncAsync(client, now, lag: 0, offset: 0) ?? throw new ConformanceException("the reply has no ext.timesync");
        Expect.Same(now, sync["tc"], "tc");
        var (ts, accuracy) = (sync["ts"]!.GetValue<double>(), sync["a"]!.GetValue<double>());
        Expect.That(Math.Abs(ts - now) < TimeSpan.FromMinutes(5).TotalMilliseconds, $"ts is not a time in milliseconds: {sync.ToJsonString()}");
        Expect.That(sync["p"] is JsonValue p && p.GetValue<double>() >= 0, $"p is missing: {sync.ToJsonString()}");
        Expect.That(Math.Abs(now - ts - accuracy) < 1, $"a should be tc + o + l - ts: {sync.ToJsonString()}");
    }

    [Case(96, "The time extension says nothing to a client that is accurate already", Part = "a")]
    static async Task Accurate_clients_are_not_told(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        var first = Now();
        var sync = await SyncAsync(client, first, lag: 0, offset: 0) ?? throw new ConformanceException("the reply has no ext.timesync");
        var offset = sync["ts"]!.GetValue<double>() - first;
        for (var i = 0; i < Attempts; i++)
        {
            if (await SyncAsync(client, Now(), lag: 1, offset) is null)
                return;
        }

        throw new ConformanceException($"each of {Attempts} accurate requests was answered with ext.timesync");
    }

    [Case(97, "A binary message is relayed with its ext and its Z85 text as they were sent")]
    static async Task Binary_is_relayed(CaseContext c)
    {
        var news = c.Channel("news");
        var (client, publisher) = (await c.SubscribedAsync(news), await c.ConnectedAsync());
        var data = new JsonObject { ["data"] = "0rJua1P", ["last"] = true, ["meta"] = new JsonObject { ["type"] = "bytes" } };
        var ext = new JsonObject { ["binary"] = new JsonObject() };
        Expect.Success(await publisher.ReplyAsync(Messages.Publish(publisher.Id, news, data, ext)));
        var delivery = (await client.ReceiveAsync(news))[0];
        Expect.Same(data, delivery["data"], "data");
        Expect.Same(ext["binary"], delivery["ext"]?["binary"], "ext.binary");
    }

    static async Task<JsonObject?> SyncAsync(BayeuxClient client, double now, double lag, double offset)
    {
        var connect = client.ConnectMessage(timeout: 0);
        connect["ext"] = new JsonObject { ["timesync"] = new JsonObject { ["tc"] = now, ["l"] = lag, ["o"] = offset } };
        return Expect.Success(await client.ReplyAsync(connect))["ext"]?["timesync"] as JsonObject;
    }

    static double Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
}
