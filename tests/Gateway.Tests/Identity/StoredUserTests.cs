using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Identity.Accounts;
using Tidings.Gateway.Identity.Storage;
using Tidings.Gateway.Tests.Server;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>A server whose users are in its store alone, as once its bootstrap admin is taken out of the configuration.</summary>
public sealed class StoredUserTests : IDisposable
{
    private const string Ann = "/api/admin/tenants/default/users/ann";

    private readonly string _directory = Directory.CreateTempSubdirectory("tidings-users-").FullName;

    private string File => Path.Combine(_directory, "users.json");

    [Fact]
    public async Task It_is_not_open_to_everybody()
    {
        await StoreAsync();
        await using var server = await OwnServer.StartAsync(("Tidings:UserFile", File));

        using var read = await server.Http.GetAsync("/channels/a");

        Assert.Equal(HttpStatusCode.Unauthorized, read.StatusCode);
    }

    [Fact]
    public async Task A_store_that_loses_its_users_does_not_open_it()
    {
        var storage = new MemoryIdentityStorage(TimeProvider.System);
        await storage.PutAsync(IdentityTables.Users, "default/ann", Stored);
        await using var server = await OwnServer.StartAsync(
            "Production", builder => builder.Services.AddSingleton<IIdentityStorage>(storage), ("Tidings:Anonymous", "true"));
        var accounts = server.Service<AccountCache>();
        Assert.True(accounts.Rules.HasStoredUsers);

        await storage.RemoveAsync(IdentityTables.Users, "default/ann");
        await storage.AnnounceAsync();
        await Eventually.TrueAsync(() => !accounts.Rules.HasStoredUsers, "The loss was not noticed.");

        using var read = await server.Http.GetAsync("/channels/a");
        Assert.Equal(HttpStatusCode.Unauthorized, read.StatusCode);
    }

    [Fact]
    public async Task It_may_listen_beyond_loopback()
    {
        await StoreAsync();
        await using var server = await OwnServer.StartAsync(("Tidings:UserFile", File), ("Tidings:TlsEndsUpstream", "true"), ("urls", "http://127.0.0.1:0"));

        Assert.Null(await server.Service<BindingRules>().RefusalBeforeStartAsync(["http://0.0.0.0:80"]));
    }

    [Fact]
    public async Task Without_users_it_may_not()
    {
        var rules = new BindingRules(Options.Create(new DoorOptions { TlsEndsUpstream = true }), new Presence(false));

        Assert.Contains("admin API", await rules.RefusalBeforeStartAsync(["http://0.0.0.0:80"]), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>Its new state is first written beside it; there, a device that is always full.</summary>
    [Fact]
    public async Task A_full_disk_is_told_changes_nothing_and_is_got_over()
    {
        await using var server = await OwnServer.StartAsync(("Tidings:UserFile", File), ("Tidings:BootstrapAdmin:Password", "correct horse"));
        server.Http.DefaultRequestHeaders.Authorization = SecuredServer.Basic("admin");
        System.IO.File.CreateSymbolicLink(File + ".new", "/dev/full");

        Assert.Equal(HttpStatusCode.InsufficientStorage, await PutAsync(server));
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync(Ann)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.PostAsJsonAsync("/channels/goes/on", 1)).StatusCode);

        System.IO.File.Delete(File + ".new");
        Assert.Equal(HttpStatusCode.OK, await PutAsync(server));
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync(Ann)).StatusCode);
    }

    private static async Task<HttpStatusCode> PutAsync(OwnServer server)
    {
        using var answer = await server.Http.PutAsJsonAsync(Ann, new { password = "battery staple" });
        return answer.StatusCode;
    }

    private async Task StoreAsync() => await new FileIdentityStorage(File, TimeProvider.System).PutAsync(
        IdentityTables.Users, "default/ann", Stored);

    private static string Stored { get; } = JsonSerializer.Serialize(new User { Tenant = "default", Name = "ann", PasswordHash = "x" }, AccountJson.Default.User);

    private sealed record Presence(bool IsConfigured) : IAuthenticationPresence
    {
        public ValueTask<bool> LookAsync() => ValueTask.FromResult(IsConfigured);
    }
}
