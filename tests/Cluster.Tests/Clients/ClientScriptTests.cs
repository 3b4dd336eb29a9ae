using Tidings.Cluster.Tests.Processes;

namespace Tidings.Cluster.Tests.Clients;

/// <summary>The scripts that judge deliveries are themselves judged: by their own tests and by a server that is not there.</summary>
public sealed class ClientScriptTests
{
    [Fact]
    public async Task The_scripts_pass_their_own_tests()
    {
        await using var node = ChildProcess.Start("node --test", "node", ["--test", Repository.PathTo("tests", "clients", "tally.test.mjs")]);
        var code = await node.ExitAsync(TimeSpan.FromMinutes(1));
        Assert.True(code == 0, string.Join('\n', node.Output));
        Assert.Contains(node.Output, line => line.EndsWith("pass 5", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("cometd")]
    [InlineData("faye")]
    public async Task Without_a_server_a_run_says_what_is_missing(string client)
    {
        var nowhere = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        var result = await new ClientRun(nowhere, client, "long-polling") { TimeoutSeconds = 3 }.RunAsync();
        Assert.Contains("handshake", result.Error, StringComparison.Ordinal);
        Assert.Equal(500, result.Missing);
    }
}
