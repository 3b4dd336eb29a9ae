using Tidings.Conformance.Catalog;
using Tidings.Conformance.Sites;

namespace Tidings.Conformance.Tests;

/// <summary>Stands in for an external server when none is named: a Faye server of which only the address is used.</summary>
sealed class Substitute : Site
{
    readonly FayeSite _faye = new();

    /// <summary>The cases it is judged on.</summary>
    public static IEnumerable<Case> Examples => CaseCatalog.All.Where(item => item.Demand.Number == 1);

    /// <summary>Everything of a named server; the examples of the substitute.</summary>
    public static Func<Case, bool> Selection => ExternalSites.FromEnvironment() is null ? Examples.Contains : _ => true;

    public override string Name => "an external server";

    protected override Needs Knows => Needs.None;

    public override async Task<BayeuxTarget> TargetAsync(Profile profile)
    {
        var faye = await _faye.TargetAsync(profile);
        return await ExternalSites.Create(faye.Endpoint.ToString(), "generic").TargetAsync(profile);
    }

    public override ValueTask DisposeAsync() => _faye.DisposeAsync();

    protected override bool Offers(Profile profile) => profile == Profile.Default;
}
