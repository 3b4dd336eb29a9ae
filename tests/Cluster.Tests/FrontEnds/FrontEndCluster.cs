using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Cluster.Tests.FrontEnds;

/// <summary>A cluster with two tenants, each with a user who may do everything there, and short lives of sessions.</summary>
public sealed class FrontEndCluster : IAsyncLifetime
{
    public const string Own = "default";
    public const string Other = "other";
    const string Password = "first-password";

    readonly LocalCluster _cluster = new(
    [
        $"--Tidings:BootstrapAdmin:Password={Password}", $"--Tidings:Users:other/eve:Password={Password}", "--Tidings:Users:other/eve:Roles:0=admin",
        "--Tidings:Smc:Keys:0:Key=own-key", "--Tidings:Smc:Keys:0:User=admin",
        "--Tidings:Smc:Keys:1:Key=other-key", "--Tidings:Smc:Keys:1:Tenant=other", "--Tidings:Smc:Keys:1:User=eve", "--Tidings:Smc:Keys:1:Domain=Other",
        "--Tidings:Bayeux:MaxInterval=00:00:06", "--Tidings:Cumulocity:MaxInterval=00:00:06", "--Tidings:SmartRest:SessionLifetime=00:00:06",
        "--Tidings:ConnectionEvents:Producer=events", "--Tidings:Limits:SessionRecordAge=00:00:03",
    ]);

    internal LocalCluster Cluster => _cluster;

    public Task InitializeAsync() => _cluster.InitializeAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync();

    public Uri Gateway(int number) => _cluster.Gateways[number].Address;

    /// <summary>A client with the credentials of a tenant's user.</summary>
    public static HttpClient ClientOf(Uri gateway, string tenant) => new()
    {
        BaseAddress = gateway,
        Timeout = TimeSpan.FromSeconds(40),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{UserOf(tenant)}:{Password}"))) },
    };

    /// <summary>A token of a tenant's user, as Personium gives it.</summary>
    public static async Task<string> TokenAsync(HttpClient client, string tenant)
    {
        using var form = new FormUrlEncodedContent([new("grant_type", "password"), new("username", tenant == Own ? "admin" : "eve"), new("password", Password)]);
        using var response = await client.PostAsync($"/{tenant}/__token", form);
        response.EnsureSuccessStatusCode();
        return (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["access_token"]!;
    }

    /// <summary>Publishes <c>{"n":…}</c> for each number, through REST.</summary>
    public static async Task PublishAsync(Uri gateway, string tenant, string channel, IEnumerable<int> numbers, string filler = "")
    {
        using var client = ClientOf(gateway, tenant);
        var lines = numbers.Select(n => $$"""{"type":"update","n":{{n}},"filler":"{{filler}}"}""");
        using var body = new StringContent(string.Join('\n', lines), Encoding.UTF8, "application/x-ndjson");
        using var response = await client.PostAsync("/channels" + channel, body);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The connection events of the tenant <see cref="Own"/> so far.</summary>
    public async Task<JsonNode[]> EventsAsync()
    {
        using var client = ClientOf(Gateway(1), Own);
        var all = new List<JsonNode>();
        while (true)
        {
            using var response = await client.GetAsync($"/channels/event/default?limit=1000&after={(all.Count == 0 ? 0 : (long)all[^1]["offset"]!)}");
            var page = response.IsSuccessStatusCode ? JsonNode.Parse(await response.Content.ReadAsStringAsync())!["messages"]!.AsArray() : [];
            if (page.Count == 0)
                return [.. all.Select(message => message["data"]!)];
            all.AddRange(page.Select(message => message!.DeepClone()));
        }
    }

    static string UserOf(string tenant) => tenant == Own ? "admin" : $"{tenant}/eve";
}

/// <summary>The one cluster of every front end's tests.</summary>
[CollectionDefinition(Name)]
public sealed class FrontEndCollection : ICollectionFixture<FrontEndCluster>
{
    public const string Name = "front ends";
}
