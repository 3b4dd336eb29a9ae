using System.Collections.Concurrent;
using System.Diagnostics;

namespace Tidings.Browser;

/// <summary>The real gateway on a free loopback port. <c>TIDINGS_TEST_URL</c> names a server that already runs instead.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private readonly Process? _process;

    private GatewayProcess(Uri address, Process? process) => (Address, _process) = (address, process);

    public Uri Address { get; }

    /// <param name="settings">Configuration; a server that already runs has its own.</param>
    public static async Task<GatewayProcess> StartAsync(params (string Key, string Value)[] settings)
    {
        if (Environment.GetEnvironmentVariable("TIDINGS_TEST_URL") is { Length: > 0 } running && settings.Length == 0)
            return new GatewayProcess(new Uri(running), null);

        var process = new Process { StartInfo = StartInfo(settings) };
        var output = new ConcurrentQueue<string>();
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) => Read(line.Data, output, address);
        process.ErrorDataReceived += (_, line) => Read(line.Data, output, address);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new GatewayProcess(await AddressAsync(address.Task, process, output), process);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
            return;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static ProcessStartInfo StartInfo((string Key, string Value)[] settings)
    {
        var gateway = Path.Combine(RepositoryRoot(), "gateway");
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var assembly = Path.Combine(gateway, "bin", output.Parent!.Name, output.Name, "Tidings.Gateway.dll");
        return new ProcessStartInfo("dotnet", [assembly, "--urls", "http://127.0.0.1:0", .. settings.Select(static setting => $"--{setting.Key}={setting.Value}")])
        {
            WorkingDirectory = gateway,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_ENVIRONMENT"] = "Development", ["ASPNETCORE_ENVIRONMENT"] = "Development" },
        };
    }

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Directory.Packages.props.");
    }

    private static void Read(string? line, ConcurrentQueue<string> output, TaskCompletionSource<Uri> address)
    {
        if (line is null)
            return;
        output.Enqueue(line);
        var start = line.IndexOf(Listening, StringComparison.Ordinal);
        if (start >= 0)
            address.TrySetResult(new Uri(line[(start + Listening.Length)..].Trim()));
    }

    private static async Task<Uri> AddressAsync(Task<Uri> address, Process process, ConcurrentQueue<string> output)
    {
        using var timeout = new CancellationTokenSource(StartTimeout);
        var exited = process.WaitForExitAsync(timeout.Token);
        if (await Task.WhenAny(address, exited) == address)
            return await address;

        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        throw new InvalidOperationException($"The gateway never said \"{Listening}\". It said:\n{string.Join('\n', output)}");
    }
}
