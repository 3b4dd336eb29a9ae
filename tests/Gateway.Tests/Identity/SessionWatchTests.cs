using Microsoft.Extensions.DependencyInjection;
using Tidings.Gateway.Identity.Storage;
using Tidings.Gateway.Sessions;
using Tidings.Gateway.Tests.Server;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>Many sessions are looked at, and end, in the time of one: not one after the other.</summary>
public sealed class SessionWatchTests
{
    private const int Users = 12;

    [Fact]
    public async Task Owners_are_looked_up_beside_each_other()
    {
        var stored = new MemoryIdentityStorage(TimeProvider.System);
        var storage = new SociableStorage(stored);
        await using var server = await SecuredServer.StartAsync(builder => builder.Services.AddSingleton<IIdentityStorage>(storage));
        var clients = await HandshakesAsync(server);
        for (var i = 0; i < Users; i++)
        {
            var user = (await stored.GetAsync(IdentityTables.Users, $"blue/user{i}"))!;
            await stored.PutAsync(IdentityTables.Users, $"blue/user{i}", user.Replace("\"disabled\":false", "\"disabled\":true", StringComparison.Ordinal));
        }

        storage.Company = Users;
        await stored.AnnounceAsync();

        await Eventually.TrueAsync(() => clients.All(client => !IsHeld(server, client)), "Sessions waited for one another's look-up.");
    }

    [Fact]
    public async Task A_silo_that_does_not_answer_keeps_no_session_alive()
    {
        var silo = new Hung();
        await using var server = await SecuredServer.StartAsync(builder => builder.Services.AddSingleton<IIncomingGrainCallFilter>(silo));
        var clients = await HandshakesAsync(server);
        silo.Hangs = true;
        try
        {
            await PutAsync(server, "/api/admin/tenants/blue", """{"disabled":true}""");

            await Eventually.TrueAsync(() => clients.All(client => !IsHeld(server, client)), "Sessions waited for one another's silo.");
        }
        finally
        {
            silo.Released.SetResult();
        }
    }

    private static async Task<List<string>> HandshakesAsync(SecuredServer server)
    {
        await PutAsync(server, "/api/admin/tenants/blue", "{}");
        await PutAsync(server, "/api/admin/tenants/blue/roles/reader", """{"subscribe":["/**"]}""");
        var clients = new List<string>();
        for (var i = 0; i < Users; i++)
        {
            await PutAsync(server, $"/api/admin/tenants/blue/users/user{i}", $$"""{"password":"{{SecuredServer.Password}}","roles":["reader"]}""");
            clients.Add(await server.HandshakeAsync(SecuredServer.Basic($"blue/user{i}")));
        }

        return clients;
    }

    private static bool IsHeld(SecuredServer server, string client) =>
        server.Services.GetRequiredService<GatewayHub>().Find("blue", SessionId.PublicOf(client)) is not null;

    private static async Task PutAsync(SecuredServer server, string path, string json)
    {
        using var response = await server.SendAsync(HttpMethod.Put, path, SecuredServer.Basic("admin"), json);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Lets the ends of sessions hang.</summary>
    private sealed class Hung : IIncomingGrainCallFilter
    {
        public bool Hangs { get; set; }

        public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task Invoke(IIncomingGrainCallContext context)
        {
            if (Hangs && context.InterfaceMethod.DeclaringType == typeof(ISessionGrain) && context.MethodName == nameof(ISessionGrain.Close))
            {
                await Released.Task;
            }

            await context.Invoke();
        }
    }
}
