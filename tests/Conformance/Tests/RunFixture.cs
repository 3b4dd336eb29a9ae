using Tidings.Conformance.Catalog;
using Tidings.Conformance.Sites;

namespace Tidings.Conformance.Tests;

/// <summary>One run for all tests of a class; its servers end with the class.</summary>
public abstract class RunFixture : IAsyncLifetime
{
    private protected RunFixture(Site site, Func<Case, bool>? selected = null) => Run = new ConformanceRun(site, selected);

    internal ConformanceRun Run { get; }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Run.DisposeAsync();
}
