using System.Text.Json;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Cluster.Tests.Clients;

/// <summary>What to drive a stock client with; see tests/clients/deliver.mjs.</summary>
sealed record ClientRun(Uri Server, string Client, string Transport)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public string? Publisher { get; init; }

    /// <summary>Whom <c>c8y</c> logs in as, <c>tenant/name</c>, and with which password.</summary>
    public (string Name, string Password)? User { get; init; }

    /// <summary>The first part of the channels' names; null for a fresh one.</summary>
    public string? Prefix { get; init; }

    public int Channels { get; init; } = 5;

    public int Messages { get; init; } = 500;

    /// <summary>The script's own limit for each of its steps.</summary>
    public int TimeoutSeconds { get; init; } = 30;

    /// <summary>Runs the script to its end and reads its one line of output.</summary>
    public async Task<ClientResult> RunAsync()
    {
        await using var node = ChildProcess.Start($"{Client} over {Transport}", "node", Arguments());
        await node.ExitAsync(TimeSpan.FromSeconds(3 * TimeoutSeconds));
        var line = node.Output.LastOrDefault(text => text.StartsWith('{'));
        Assert.True(line != null, $"deliver.mjs printed no result but:\n{string.Join('\n', node.Output)}");
        return JsonSerializer.Deserialize<ClientResult>(line, Json)!;
    }

    IEnumerable<string> Arguments() =>
    [
        Repository.PathTo("tests", "clients", "deliver.mjs"),
        "--url", new Uri(Server, "/cometd").AbsoluteUri,
        "--client", Client,
        "--transport", Transport,
        "--publisher", Publisher ?? Client,
        "--channels", $"{Channels}",
        "--messages", $"{Messages}",
        "--timeout", $"{TimeoutSeconds}",
        .. User is { } user ? (string[])["--user", user.Name, "--password", user.Password] : [],
        .. Prefix is null ? (string[])[] : ["--prefix", Prefix],
    ];
}
