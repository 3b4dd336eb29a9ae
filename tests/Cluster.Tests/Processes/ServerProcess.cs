namespace Tidings.Cluster.Tests.Processes;

/// <summary>One of our two executables: it chooses its HTTP port and says so on its output.</summary>
abstract class ServerProcess : IAsyncDisposable
{
    internal const string Listening = "Now listening on: ";

    protected ServerProcess(ChildProcess process, Uri address)
    {
        Process = process;
        Address = address;
    }

    public ChildProcess Process { get; }

    /// <summary>Where it answers HTTP; for a silo only /health.</summary>
    public Uri Address { get; }

    public Task ReadyAsync() => Process.UntilAsync(() => Health.IsReadyAsync(Address), $"200 from {Address}health/ready");

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    protected static async Task<(ChildProcess Process, Uri Address)> StartAsync(
        string name, string folder, string assembly, IEnumerable<string> settings)
    {
        string[] arguments = [Repository.Executable(folder, assembly), "--urls", "http://127.0.0.1:0", .. settings];
        var process = ChildProcess.Start(name, "dotnet", arguments);
        var line = await process.LineAsync(text => text.Contains(Listening, StringComparison.Ordinal), $"a line \"{Listening}\"");
        return (process, new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim()));
    }
}
