using System.Net;

namespace Tidings.Gateway.Tests.Personium;

/// <summary>How much of a cell's is stored.</summary>
public sealed class PersoniumBoundTests : IAsyncLifetime
{
    private readonly PersoniumServer _server = new();

    public Task InitializeAsync() => _server.StartAsync(("Tidings:Limits:PersoniumBoxes", "2"), ("Tidings:Limits:PersoniumCollections", "2"));

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Boxes_beyond_their_bound_stay_empty_and_the_others_go_on()
    {
        await MakesAsync("/cell1/one/a");
        await MakesAsync("/cell1/two/a");

        await IsRefusedAsync("/cell1/three/a");

        await MakesAsync("/cell1/two/b");
        Assert.Equal(HttpStatusCode.NotFound, (await _server.AskAsync("PROPFIND", "/cell1/three/a", "owner", depth: "0")).Status);
    }

    [Fact]
    public async Task Collections_beyond_the_bound_of_their_box_are_refused()
    {
        await MakesAsync("/cell1/one/a");
        await MakesAsync("/cell1/one/b");

        await IsRefusedAsync("/cell1/one/c");

        await MakesAsync("/cell1/two/a");
    }

    private async Task MakesAsync(string path) =>
        Assert.Equal(HttpStatusCode.Created, (await _server.AskAsync("MKCOL", path, "owner", PersoniumServer.MakeStream)).Status);

    private async Task IsRefusedAsync(string path)
    {
        var (status, body) = await _server.AskAsync("MKCOL", path, "owner", PersoniumServer.MakeStream);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("PR400-DV-0007", body, StringComparison.Ordinal);
    }
}
