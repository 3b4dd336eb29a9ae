using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Tidings.Gateway.Tests.Server;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Tests.Hosting;

public class SocketStageTests
{
    private const string Handshake = """[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["websocket"]}]""";

    [Fact]
    public async Task Messages_of_a_socket_share_a_scope_of_services_that_ends_with_the_socket()
    {
        var probe = new Probe();
        await using var server = await OwnServer.StartAsync("Development", builder => Add(builder, probe));
        using (var client = await BayeuxSocketClient.OpenAsync(server.Address))
        {
            await client.SendAsync(Handshake);
            client.ClientId = (string)(await client.NextAsync("/meta/handshake"))["clientId"]!;
            await client.ConnectAsync();
            await client.NextAsync("/meta/connect");

            var seen = Assert.Single(probe.Seen.Distinct());
            Assert.Equal(2, probe.Seen.Count);
            Assert.False(seen.Ended.Task.IsCompleted, "The scope ended while the socket was open.");
        }

        await probe.Seen[0].Ended.Task.WaitAsync(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task Services_of_the_upgrades_middleware_end_with_it()
    {
        var probe = new Probe();
        await using var server = await OwnServer.StartAsync("Development", builder =>
        {
            Add(builder, probe);
            builder.Services.AddSingleton<Microsoft.AspNetCore.Hosting.IStartupFilter>(new Middleware(probe));
        });
        using var client = await BayeuxSocketClient.OpenAsync(server.Address);
        await client.SendAsync(Handshake);
        await client.NextAsync("/meta/handshake");

        await probe.OfMiddleware!.Ended.Task.WaitAsync(TimeSpan.FromSeconds(15));
        Assert.NotSame(probe.OfMiddleware, Assert.Single(probe.Seen));
    }

    private static void Add(WebApplicationBuilder builder, Probe probe)
    {
        builder.Services.AddScoped<Scoped>();
        builder.Services.AddSingleton<IBayeuxExtension>(probe);
    }

    private sealed class Scoped : IDisposable
    {
        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Dispose() => Ended.TrySetResult();
    }

    private sealed class Probe : IBayeuxExtension
    {
        public List<Scoped> Seen { get; } = [];

        public Scoped? OfMiddleware { get; set; }

        public ValueTask<bool> IncomingAsync(BayeuxExchange exchange, BayeuxMessage message)
        {
            Seen.Add(exchange.HttpContext.RequestServices.GetRequiredService<Scoped>());
            return ValueTask.FromResult(true);
        }
    }

    /// <summary>Uses a service of the request before everything else does.</summary>
    private sealed class Middleware(Probe probe) : Microsoft.AspNetCore.Hosting.IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, following) =>
            {
                probe.OfMiddleware = context.RequestServices.GetRequiredService<Scoped>();
                return following(context);
            });
            next(app);
        };
    }
}
