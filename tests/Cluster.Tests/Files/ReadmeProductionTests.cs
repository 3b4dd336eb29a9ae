using System.Globalization;
using System.Text.RegularExpressions;
using Tidings.Cluster.Tests.Processes;
using Tidings.Gateway.Tests.Telemetry;

namespace Tidings.Cluster.Tests.Files;

/// <summary>README's section on production, followed block by block as it is printed, on ports and in a state directory of its own.</summary>
public sealed partial class ReadmeProductionTests : IAsyncLifetime
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    readonly string _state = Directory.CreateTempSubdirectory("tidings-production-").FullName;
    readonly int _port = FreePort.Next();
    readonly Queue<string> _blocks = new();
    Collector _collector = null!;
    string _terminal = "";

    public async Task InitializeAsync()
    {
        _collector = await Collector.StartAsync(grpc: true);
        var readme = await File.ReadAllTextAsync(Repository.PathTo("README.md"));
        foreach (Match block in Block().Matches(Section().Match(readme).Groups[1].Value))
            _blocks.Enqueue(Here(block.Groups[1].Value));
    }

    public async Task DisposeAsync()
    {
        await RunAsync($"deploy/local-cluster down --state {_state}");
        Directory.Delete(_state, recursive: true);
        await _collector.DisposeAsync();
    }

    [Fact]
    public async Task It_can_be_followed()
    {
        Assert.Contains("opentelemetry-collector", _blocks.Dequeue(), StringComparison.Ordinal);
        Assert.Contains("Tidings is ready at", await RunAsync(_blocks.Dequeue()), StringComparison.Ordinal);
        _terminal = $"export TIDINGS_URL=http://127.0.0.1:{_port}\n{_blocks.Dequeue()}\n";

        var made = await RunAsync(_blocks.Dequeue());
        Assert.Matches(@"bob +press", made);
        Assert.Contains("is ready", made, StringComparison.Ordinal);

        await using (var tail = InTerminal(_blocks.Dequeue()))
        {
            // Somebody at two terminals sees to that, too.
            await Eventually.TrueAsync(IsSubscribedAsync, () => "a subscription of the tail");
            await RunAsync(_blocks.Dequeue());
            await tail.LineAsync(line => line.Contains("""{"headline":"Hello"}""", StringComparison.Ordinal), "the message");
        }

        await SeenAsync();

        await using var load = Start(_blocks.Dequeue());
        await Eventually.TrueAsync(() => _collector.Spans.Any(static span => ChannelOf(span) == "/press/load"), () => "a message of the load");
        Assert.Contains("has no sessions left", await RunAsync(_blocks.Dequeue()), StringComparison.Ordinal);
        Assert.True(await load.ExitAsync(Patience) == 0, string.Join('\n', load.Output));
        Assert.Contains(load.Output, static line => Regex.IsMatch(line, @"^failed +0\s*$"));
        Assert.Empty(_blocks);
    }

    async Task<bool> IsSubscribedAsync()
    {
        await using var shell = Start($"curl -fsS -u \"admin:$TIDINGS_PASSWORD\" http://127.0.0.1:{_port}/api/admin/sessions");
        return await shell.ExitAsync(Patience) == 0 && string.Concat(shell.Output).Contains("\"subscriptions\":1", StringComparison.Ordinal);
    }

    /// <summary>The collector has metrics of silos and gateways, and the message's way from publish to write.</summary>
    async Task SeenAsync()
    {
        string[] steps = ["append", "receive", "send", "stream", "write"];
        string[] Seen() => [.. _collector.Spans.Where(static span => ChannelOf(span) == "/press/today").Select(static span => span.Name).Distinct().Order(StringComparer.Ordinal)];
        await Eventually.TrueAsync(() => steps.All(step => Seen().Contains(step)), () => $"spans {string.Join(", ", steps)}; there are {string.Join(", ", Seen())}");
        Assert.Single(_collector.Spans.Where(static span => ChannelOf(span) == "/press/today").Select(static span => span.Trace).Distinct());
        await Eventually.TrueAsync(
            () => ((string[])["tidings.messages.published", "tidings.messages.delivered", "tidings.redis.up"]).All(_collector.Metrics.ContainsKey),
            () => $"metrics; there are {string.Join(", ", _collector.Metrics.Keys)}");
        Assert.Equal(["tidings-gateway", "tidings-silo"], _collector.Services.Keys.Order(StringComparer.Ordinal));
    }

    static string? ChannelOf(CollectedSpan span) => span.Attributes.GetValueOrDefault("messaging.destination.name");

    /// <summary>A block with this test's ports and places, and programs that are built already.</summary>
    string Here(string block)
    {
        var port = _port.ToString(CultureInfo.InvariantCulture);
        var build = Repository.Configuration == "Release" ? " --no-build" : "";
        return block.Replace("http://127.0.0.1:4317", _collector.Address, StringComparison.Ordinal)
            .Replace("OTEL_METRIC_EXPORT_INTERVAL=10000", "OTEL_METRIC_EXPORT_INTERVAL=500", StringComparison.Ordinal)
            .Replace("local-cluster up", $"local-cluster up --state {_state} --port {port}{build}", StringComparison.Ordinal)
            .Replace("deploy/.local", _state, StringComparison.Ordinal)
            .Replace("127.0.0.1:8080", $"127.0.0.1:{port}", StringComparison.Ordinal)
            .Replace("dotnet run --project gateway/cli --", $"dotnet {Repository.Executable("gateway/cli", "tidings")}", StringComparison.Ordinal);
    }

    async Task<string> RunAsync(string block)
    {
        await using var shell = Start(block);
        var code = await shell.ExitAsync(Patience);
        var output = string.Join('\n', shell.Output);
        Assert.True(code == 0, $"{block}\nended with {code}:\n{output}");
        return output;
    }

    ChildProcess Start(string block) => ChildProcess.Start("README", "bash", ["-ec", _terminal + block]);

    /// <summary>As a person has it: with a terminal, which script (util-linux) makes.</summary>
    ChildProcess InTerminal(string block) => ChildProcess.Start("README in a terminal", "script", ["-qefc", _terminal + block, "/dev/null"], new Dictionary<string, string> { ["SHELL"] = "/bin/bash", ["TERM"] = "xterm" });

    [GeneratedRegex(@"^## In production\n(.*?)^## ", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Section();

    [GeneratedRegex(@"^```\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
