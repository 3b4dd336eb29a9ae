using System.Net;
using System.Net.Sockets;
using Tidings.Client.Tests.Servers;

namespace Tidings.Cli.Tests;

/// <summary>Where the server and the credentials come from, usage, and servers that are not there.</summary>
public sealed class SettingsTests : IAsyncLifetime
{
    private readonly string _file = Path.GetTempFileName();
    private GatewayServer _server = null!;

    public async Task InitializeAsync() => _server = await GatewayServer.StartAsync(
        null, ("Tidings:BootstrapAdmin:Password", "first-password"), ("Tidings:Users:alice:Password", "wonderland"), ("Tidings:Roles:reader:Subscribe:0", "/news/**"), ("Tidings:Users:alice:Roles:0", "reader"));

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        File.Delete(_file);
    }

    [Fact]
    public async Task Options_go_before_the_environment_and_that_before_the_file()
    {
        await File.WriteAllTextAsync(_file, $$"""{"url":"{{_server.Address}}","user":"admin","password":"first-password"}""");
        var environment = new Dictionary<string, string> { ["TIDINGS_USER"] = "alice", ["TIDINGS_PASSWORD"] = "wonderland" };

        using var byFile = CommandRun.Start(null, ["publish", "/news/a", "1"], configFile: _file);
        await byFile.EndsWithAsync(ExitCodes.Done);
        using var byEnvironment = CommandRun.Start(null, ["publish", "/news/a", "1"], environment: environment, configFile: _file);
        await byEnvironment.EndsWithAsync(ExitCodes.Denied);
        using var byOption = CommandRun.Start(null, ["publish", "/news/a", "1", "-u", "admin", "--password", "first-password"], environment: environment, configFile: _file);
        await byOption.EndsWithAsync(ExitCodes.Done);
    }

    [Fact]
    public async Task A_password_does_not_go_with_another_user()
    {
        var environment = new Dictionary<string, string> { ["TIDINGS_USER"] = "admin", ["TIDINGS_PASSWORD"] = "first-password" };

        using var run = CommandRun.Start(_server.Address, ["subscribe", "/news/a", "-u", "alice"], environment: environment);
        await run.EndsWithAsync(ExitCodes.Denied);
    }

    [Fact]
    public async Task Users_are_managed()
    {
        string[] admin = ["-u", "admin", "--password", "first-password"];
        using var set = CommandRun.Start(_server.Address, ["users", "set", "bob", "-r", "reader", "--set-password", "--json", .. admin], "builder-bob\n");
        await set.EndsWithAsync(ExitCodes.Done);
        using var key = await CommandRun.DoneAsync(_server.Address, ExitCodes.Done, ["users", "add-key", "bob", "--json", .. admin]);
        using var byKey = await CommandRun.DoneAsync(_server.Address, ExitCodes.Denied, "publish", "/news/a", "1", "--token", (string)key.Json["key"]!);
        using var list = await CommandRun.DoneAsync(_server.Address, ExitCodes.Done, ["users", "list", .. admin]);
        using var revoke = await CommandRun.DoneAsync(_server.Address, ExitCodes.Done, ["users", "revoke-key", (string)key.Json["id"]!, .. admin]);
        using var keys = await CommandRun.DoneAsync(_server.Address, ExitCodes.Done, ["users", "keys", "--json", .. admin]);
        using var remove = await CommandRun.DoneAsync(_server.Address, ExitCodes.Done, ["users", "remove", "bob", .. admin]);
        using var again = await CommandRun.DoneAsync(_server.Address, ExitCodes.NotFound, ["users", "remove", "bob", .. admin]);
        using var denied = await CommandRun.DoneAsync(_server.Address, ExitCodes.Denied, "users", "list", "-u", "alice", "--password", "wonderland");

        Assert.Equal("bob", (string?)set.Json["name"]);
        Assert.Equal(["USER", "ROLES", "DISABLED"], list.Lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(list.Lines, static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["bob", "reader", "false"]);
        Assert.Equal("[]", keys.Out.Trim());
        Assert.Equal(["bob removed"], remove.Lines);
        Assert.StartsWith("tidings: 404", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_is_shown_to_everyone_as_far_as_they_may_see()
    {
        using var status = await CommandRun.DoneAsync(_server.Address, ExitCodes.Done, "status");

        Assert.Equal([$"{_server.Address} is ready"], status.Lines);
    }

    [Theory]
    [InlineData("publish")]
    [InlineData("nonsense")]
    [InlineData("subscribe", "/a", "--count", "many")]
    [InlineData("subscribe", "/a", "--url", "ftp://example.org")]
    [InlineData("publish", "/a", "1", "--timeout", "0")]
    [InlineData("subscribe", "/a", "--count", "0")]
    [InlineData("subscribe", "/a", "--for", "-5")]
    [InlineData("subscribe", "/a", "--for", "NaN")]
    [InlineData("load", "/a", "--for", "1e30")]
    [InlineData("tail", "/a", "-n", "-1")]
    [InlineData("sessions", "list", "--limit", "0")]
    [InlineData("drain", "gateway", "--over", "3601")]
    [InlineData("publish", "/a", "--file", "/nonexistent/file")]
    [InlineData("load", "/a", "--rate", "-1")]
    [InlineData("status", "--config", "/nonexistent/file")]
    [InlineData("publish", "/a", "no JSON", "-u", "admin", "--password", "first-password")]
    public async Task What_is_wrong_with_the_command_line_is_said(params string[] args)
    {
        using var run = CommandRun.Start(args.Contains("--url") ? null : _server.Address, args);
        await run.EndsWithAsync(ExitCodes.Usage);

        Assert.NotEmpty(run.Error);
    }

    [Fact]
    public async Task A_broken_file_is_named()
    {
        await File.WriteAllTextAsync(_file, """{"ulr":"http://127.0.0.1"}""");

        using var run = CommandRun.Start(_server.Address, ["status"], configFile: _file);
        await run.EndsWithAsync(ExitCodes.Usage);

        Assert.Contains(_file, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("publish", "/a", "1")]
    [InlineData("status")]
    public async Task A_server_that_is_not_there_cannot_be_reached(params string[] args)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        using var run = CommandRun.Start(new Uri($"http://127.0.0.1:{port}"), [.. args, "--timeout", "1"]);
        await run.EndsWithAsync(ExitCodes.Unreachable);

        Assert.Contains("cannot be reached", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public async Task Shells_get_a_script(string shell)
    {
        using var run = await CommandRun.DoneAsync(_server.Address, ExitCodes.Done, "completion", shell);

        Assert.Contains("[suggest:", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_and_options_are_suggested()
    {
        using var commands = CommandRun.Start(null, ["[suggest:9]", "tidings s"]);
        await commands.EndsWithAsync(ExitCodes.Done);
        using var options = CommandRun.Start(null, ["[suggest:20]", "tidings subscribe --"]);
        await options.EndsWithAsync(ExitCodes.Done);

        Assert.Contains("sessions", commands.Lines);
        Assert.Contains("subscribe", commands.Lines);
        Assert.Contains("--count", options.Lines);
    }
}
