using System.Net;
using System.Net.Http.Headers;
using Tidings.Gateway.Tests.Identity;

namespace Tidings.Gateway.Tests.Cumulocity;

/// <summary>How devices get credentials of their own.</summary>
public sealed class DeviceBootstrapTests
{
    private const string Waiting = "50,1,404\n";
    private static readonly AuthenticationHeaderValue Admin = SecuredServer.Basic("admin");
    private static readonly AuthenticationHeaderValue Newcomer = SecuredServer.Basic("management/devicebootstrap");
    private static readonly (string, string)[] Users =
        [("Users:management/devicebootstrap:Password", SecuredServer.Password), ("Users:management/devicebootstrap:Roles:0", "devicebootstrap")];

    [Fact]
    public async Task Item_29_an_accepted_device_fetches_credentials_that_let_it_in()
    {
        await using var server = await SecuredServer.StartAsync(null, [.. Users, ("Devices:Bootstrap", "true")]);
        Assert.Equal(Waiting, await AskAsync(server, Newcomer));

        using var accepted = await server.SendAsync(HttpMethod.Put, "/api/admin/tenants/red/devices/SN-1", Admin, """{"roles":["everything"]}""");
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
        Assert.Equal(Waiting, await AskAsync(server, SecuredServer.Basic("alice")));
        Assert.Equal("50,1,404\n50,2,404\n", await AskAsync(server, Newcomer, "61,SN-2\n61,SN/1"));

        var rows = (await AskAsync(server, Newcomer, "61,SN-2\n61,SN-1")).Split('\n');
        var fields = rows[1].Split(',');
        Assert.Equal(["70", "2", "SN-1", "red", "device_SN-1"], fields[..5]);
        using var published = await server.SendAsync(HttpMethod.Post, "/channels/a", SecuredServer.Basic("red/device_SN-1", fields[5]), "1");
        Assert.Equal(HttpStatusCode.OK, published.StatusCode);

        // The answer was lost: another password comes, and the first is none any more.
        var again = (await AskAsync(server, Newcomer)).TrimEnd('\n').Split(',');
        Assert.NotEqual(fields[5], again[5]);
        using var old = await server.SendAsync(HttpMethod.Post, "/channels/a", SecuredServer.Basic("red/device_SN-1", fields[5]), "1");
        Assert.Equal(HttpStatusCode.Unauthorized, old.StatusCode);
    }

    [Fact]
    public async Task Item_29_credentials_are_fetched_once_and_can_be_withdrawn_before()
    {
        await using var server = await SecuredServer.StartAsync(null, [.. Users, ("Devices:Bootstrap", "true"), ("Devices:RepeatFor", "00:00:00")]);
        await AcceptAsync(server);
        using var withdrawn = await server.SendAsync(HttpMethod.Delete, "/api/admin/tenants/default/devices/SN-1", Admin);
        Assert.Equal(HttpStatusCode.NoContent, withdrawn.StatusCode);
        Assert.Equal(Waiting, await AskAsync(server, Newcomer));

        await AcceptAsync(server);
        Assert.StartsWith("70,1,SN-1,default,device_SN-1,", await AskAsync(server, Newcomer), StringComparison.Ordinal);
        Assert.Equal(Waiting, await AskAsync(server, Newcomer));
    }

    [Theory]
    [InlineData("alice", "default/devices/SN-1", "{}", HttpStatusCode.Forbidden)]
    [InlineData("admin", "default/devices/SN-1", """{"roles":["operator"]}""", HttpStatusCode.Forbidden)]
    [InlineData("admin", "default/devices/SN-1", """{"roles":["admin"]}""", HttpStatusCode.Forbidden)]
    [InlineData("admin", "default/devices/SN-1", """{"roles":["a b"]}""", HttpStatusCode.BadRequest)]
    [InlineData("admin", "default/devices/SN%2F1", "{}", HttpStatusCode.BadRequest)]
    [InlineData("admin", "nowhere/devices/SN-1", "{}", HttpStatusCode.NotFound)]
    public async Task Not_everyone_accepts_everything(string user, string path, string json, HttpStatusCode status)
    {
        await using var server = await SecuredServer.StartAsync(null, [.. Users, ("Devices:Bootstrap", "true")]);
        using var response = await server.SendAsync(HttpMethod.Put, "/api/admin/tenants/" + path, SecuredServer.Basic(user), json);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(Waiting, await AskAsync(server, Newcomer));
    }

    [Fact]
    public async Task A_device_that_one_tenant_accepted_is_not_another_s()
    {
        await using var server = await SecuredServer.StartAsync(null, [.. Users, ("Devices:Bootstrap", "true")]);
        await AcceptAsync(server);
        using var other = await server.SendAsync(HttpMethod.Put, "/api/admin/tenants/red/devices/SN-1", Admin, "{}");

        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
    }

    [Fact]
    public async Task An_administrator_of_one_tenant_fetches_no_device_of_another()
    {
        await using var server = await SecuredServer.StartAsync(
            null, [.. Users, ("Devices:Bootstrap", "true"), ("Users:red/boss:Password", SecuredServer.Password), ("Users:red/boss:Roles:0", "admin")]);
        await AcceptAsync(server);

        using var made = await server.SendAsync(
            HttpMethod.Put,
            "/api/admin/tenants/red/users/newcomer",
            SecuredServer.Basic("red/boss"),
            $$"""{"password":"{{SecuredServer.Password}}","roles":["devicebootstrap"]}""");

        Assert.Equal(HttpStatusCode.Forbidden, made.StatusCode);
        Assert.StartsWith("70,1,SN-1,", await AskAsync(server, Newcomer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task By_default_no_device_is_accepted_and_none_fetches_anything()
    {
        await using var server = await SecuredServer.StartAsync(null, Users);
        using var response = await server.SendAsync(HttpMethod.Put, "/api/admin/tenants/default/devices/SN-1", Admin, "{}");

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal(Waiting, await AskAsync(server, Newcomer));
    }

    private static async Task AcceptAsync(SecuredServer server)
    {
        using var accepted = await server.SendAsync(HttpMethod.Put, "/api/admin/tenants/default/devices/SN-1", Admin, "{}");
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
    }

    private static async Task<string> AskAsync(SecuredServer server, AuthenticationHeaderValue credentials, string body = "61,SN-1")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/s") { Content = new StringContent(body), Headers = { Authorization = credentials } };
        using var response = await server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}
