using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tidings.Conformance.Catalog;
using Tidings.Conformance.Client;
using Tidings.Conformance.Wire;

namespace Tidings.Conformance.Sites;

/// <summary>
/// A server that runs somewhere, known only by its address. How long it holds a connect is read from its handshake advice;
/// cases that need to know more of it are left out.
/// </summary>
sealed class ExternalSite(Uri endpoint, Deviations deviations) : Site
{
    static readonly TimeSpan SpecifiedTimeout = TimeSpan.FromSeconds(30);

    readonly Lazy<Task<BayeuxTarget>> _target = new(() => DescribeAsync(endpoint));

    public override string Name => endpoint.ToString();

    public override Deviations Deviations => deviations;

    protected override Needs Knows => Needs.None;

    public override Task<BayeuxTarget> TargetAsync(Profile profile) => _target.Value;

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected override bool Offers(Profile profile) => profile == Profile.Default;

    static async Task<BayeuxTarget> DescribeAsync(Uri endpoint)
    {
        using var http = new HttpClient();
        using var response = await http.PostAsJsonAsync(endpoint, new JsonArray(Messages.Handshake(Transport.LongPolling)));
        response.EnsureSuccessStatusCode();
        var replies = await response.Content.ReadFromJsonAsync<JsonArray>();
        var timeout = replies?.OfType<JsonObject>().FirstOrDefault()?["advice"]?["timeout"]?.GetValue<double>();
        return new() { Endpoint = endpoint, Hold = timeout is > 0 ? TimeSpan.FromMilliseconds(timeout.Value) : SpecifiedTimeout };
    }
}
