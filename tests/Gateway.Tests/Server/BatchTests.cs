using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Tidings.Gateway.Tests.Server;

/// <summary>Several messages in one request.</summary>
public sealed class BatchTests
{
    private const string Handshake = """[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]}]""";

    [Theory]
    [InlineData("/batch")]
    [InlineData("/service/batch")]
    public async Task A_message_after_a_subscribe_waits_for_it(string channel)
    {
        var policy = new HesitantPolicy();
        await using var server = await OwnServer.StartAsync(
            Environments.Development, builder => builder.Services.AddSingleton<IAuthorizationPolicy>(policy));
        var id = (await RepliesAsync(server, Handshake))[0]!["clientId"];

        var replies = await RepliesAsync(
            server,
            $$"""[{"channel":"/meta/subscribe","clientId":"{{id}}","subscription":"/batch"},{"channel":"{{channel}}","clientId":"{{id}}","data":1}]""");

        Assert.All(replies, static reply => Assert.True((bool)reply!["successful"]!));
        Assert.Equal(["subscribe asked", "subscribe decided", "publish asked"], policy.Events);
    }

    [Fact]
    public async Task A_publish_is_brought_to_the_subscription_before_it()
    {
        await using var server = await OwnServer.StartAsync();
        for (var i = 0; i < 50; i++)
        {
            var id = (await RepliesAsync(server, Handshake))[0]!["clientId"];
            await RepliesAsync(server, $$"""[{"channel":"/meta/connect","clientId":"{{id}}","connectionType":"long-polling"}]""");
            await RepliesAsync(
                server,
                $$"""[{"channel":"/meta/subscribe","clientId":"{{id}}","subscription":"/batch/{{i}}"},{"channel":"/batch/{{i}}","clientId":"{{id}}","data":{{i}}}]""");

            var brought = await RepliesAsync(server, $$"""[{"channel":"/meta/connect","clientId":"{{id}}","connectionType":"long-polling","advice":{"timeout":5000} }]""");

            Assert.Equal(i, (int?)brought[0]!["data"]);
        }
    }

    private static async Task<JsonArray> RepliesAsync(OwnServer server, string body)
    {
        using var answer = await server.Http.PostAsync("/cometd", new StringContent(body, Encoding.UTF8, "application/json"));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsArray();
    }

    /// <summary>Lets others go first before it decides on a subscription.</summary>
    private sealed class HesitantPolicy : IAuthorizationPolicy
    {
        public ConcurrentQueue<string> Events { get; } = new();

        public async ValueTask<AuthorizationDecision> DecideAsync(AuthorizationRequest request, CancellationToken cancellationToken)
        {
            if (request.Action == AuthorizationAction.Publish)
            {
                Events.Enqueue("publish asked");
            }
            else if (request.Action == AuthorizationAction.Subscribe)
            {
                Events.Enqueue("subscribe asked");
                for (var i = 0; i < 100; i++)
                {
                    await Task.Yield();
                }

                Events.Enqueue("subscribe decided");
            }

            return AuthorizationDecision.Allowed;
        }
    }
}
