using Tidings.Client.Tests.Servers;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Cli.Tests;

/// <summary>sessions, channels, drain and status against a whole server.</summary>
public sealed class RealServerTests : IAsyncLifetime
{
    private static readonly string[] Admin = ["-u", "admin", "--password", "first-password"];
    private GatewayServer _server = null!;

    public async Task InitializeAsync() => _server = await GatewayServer.StartAsync(null, ("Tidings:BootstrapAdmin:Password", "first-password"));

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_subscriber_is_listed_shown_and_ended()
    {
        using var subscriber = CommandRun.Start(_server.Address, ["subscribe", "/cli/**", .. Admin]);
        var id = await IdAsync();

        using var show = await CommandRun.DoneAsync(_server.Address, ExitCodes.Done, ["sessions", "show", id, .. Admin]);
        using var end = await CommandRun.DoneAsync(_server.Address, ExitCodes.Done, ["sessions", "end", id, .. Admin]);
        using var unknown = await CommandRun.DoneAsync(_server.Address, ExitCodes.NotFound, ["sessions", "show", id, .. Admin]);

        Assert.Contains(show.Lines, static line => line.StartsWith("/cli/**", StringComparison.Ordinal));
        Assert.Equal([$"{id} ended"], end.Lines);
        subscriber.Interrupt();
    }

    [Fact]
    public async Task A_channel_is_listed_and_shown()
    {
        using var publish = await CommandRun.DoneAsync(_server.Address, ExitCodes.Done, ["publish", "/cli/a", "{}", .. Admin]);

        using var list = await CommandRun.DoneAsync(_server.Address, ExitCodes.Done, ["channels", "list", "/cli", "--json", .. Admin]);
        using var show = await CommandRun.DoneAsync(_server.Address, ExitCodes.Done, ["channels", "show", "/cli/a", "--json", .. Admin]);
        using var unknown = await CommandRun.DoneAsync(_server.Address, ExitCodes.NotFound, ["channels", "show", "/cli/none", .. Admin]);

        Assert.Equal("/cli/a", (string?)list.Json[0]!["name"]);
        Assert.Equal(1, (int?)show.Json["head"]);
    }

    [Fact]
    public async Task The_cluster_is_shown_and_a_server_that_stands_alone_is_not_drained()
    {
        await Eventually.TrueAsync(
            async () =>
            {
                using var asked = CommandRun.Start(_server.Address, ["status", .. Admin]);
                return await asked.ExitCode == ExitCodes.Done;
            },
            static () => "a server that is ready");
        using var status = await CommandRun.DoneAsync(_server.Address, ExitCodes.Done, ["status", "--json", .. Admin]);
        using var drain = await CommandRun.DoneAsync(_server.Address, ExitCodes.Failed, ["drain", "any", .. Admin]);

        Assert.True((bool?)status.Json["ready"]);
        Assert.Equal("active", (string?)status.Json["silos"]![0]!["status"]);
        Assert.StartsWith("tidings: 409", drain.Error, StringComparison.Ordinal);
    }

    private async Task<string> IdAsync()
    {
        string? id = null;
        await Eventually.TrueAsync(
            async () =>
            {
                using var list = await CommandRun.DoneAsync(_server.Address, ExitCodes.Done, ["sessions", "list", "bayeux", "--json", .. Admin]);
                id = list.Json.AsArray() is [var session, ..] ? (string?)session!["id"] : null;
                return id is not null;
            },
            static () => "the subscriber's session");
        return id!;
    }
}
