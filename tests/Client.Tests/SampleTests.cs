using Tidings.Client.Tests.Servers;
using Tidings.Cluster.Tests;
using Tidings.Cluster.Tests.Processes;
using Tidings.Conformance.Sites;

namespace Tidings.Client.Tests;

/// <summary>The samples of tests/clients/samples, each run to its end against a server that has seen nothing before.</summary>
public sealed class SampleTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string Folder = Repository.PathTo("tests", "clients", "samples");

    public static TheoryData<string, string, string> Samples => new()
    {
        { "node", "cometd.mjs", """/samples/cometd/hello {"text":"Hello from CometD"}""" },
        { "node", "faye.mjs", """/samples/faye/hello {"text":"Hello from Faye"}""" },
        { "python3", "bayeux.py", """/samples/python/hello {"text": "Hello from Python"}""" },
        { "bash", "sse.sh", """data: {"text":"Bye"}""" },
        { "bash", "device.sh", "operation: 200,now" },
    };

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task A_sample_does_what_it_says(string program, string file, string lastWord)
    {
        if (program == "node")
        {
            await NpmPackages.InstallAsync(Repository.PathTo("tests", "clients"), Path.GetFileNameWithoutExtension(file));
        }

        await using var sample = ChildProcess.Start(file, program, [Path.Combine(Folder, file), server.Address.GetLeftPart(UriPartial.Authority)]);
        var code = await sample.ExitAsync(Patience);

        Assert.True(code == 0, $"{file} ended with {code}:\n{string.Join('\n', sample.Output)}");
        Assert.Equal(lastWord, sample.Output.Last());
    }

    [Fact]
    public void Every_sample_is_run_and_listed()
    {
        var files = Directory.EnumerateFiles(Folder).Select(static path => Path.GetFileName(path)!).Where(static name => name != "README.md").Order().ToArray();
        var text = File.ReadAllText(Path.Combine(Folder, "README.md"));

        Assert.Equal(files, Samples.Select(static row => (string)row[1]).Order());
        Assert.All(files, name => Assert.Contains($"]({name})", text, StringComparison.Ordinal));
    }
}
