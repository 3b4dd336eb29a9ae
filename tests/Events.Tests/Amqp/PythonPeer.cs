using System.Text.Json.Nodes;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Events.Tests.Amqp;

/// <summary>A script on python3-qpid-proton, of another family of implementations than the client under test.</summary>
internal static class PythonPeer
{
    /// <summary>The distribution's own interpreter: its packages are not seen by others.</summary>
    private const string Python = "/usr/bin/python3";

    public static ChildProcess Start(string script, params string[] arguments) =>
        ChildProcess.Start(script, Python, [Path.Combine(AppContext.BaseDirectory, "Amqp", script), .. arguments]);

    /// <summary>Waits for so many messages.</summary>
    public static async Task<IReadOnlyList<JsonNode>> MessagesAsync(this ChildProcess peer, int count)
    {
        await peer.UntilAsync(() => Task.FromResult(Read(peer).Count() >= count), $"{count} messages");
        return [.. Read(peer).Select(static line => JsonNode.Parse(line)!)];
    }

    private static IEnumerable<string> Read(ChildProcess peer) => peer.Output.Where(static line => line.StartsWith('{'));
}
