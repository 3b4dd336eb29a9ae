using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Tidings.Benchmarks.Report;

/// <summary>Where and how a run was made; without it figures mean little.</summary>
internal sealed record Machine(
    string Processor, int Cores, string Platform, string Date, string Command, string OpenFiles, string LoadBefore, IReadOnlyDictionary<string, string> Versions)
{
    public static Machine Describe(BenchmarkOptions options) => new(
        FirstMatch("/proc/cpuinfo", "model name"),
        Environment.ProcessorCount,
        RuntimeInformation.OSDescription,
        DateTimeOffset.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
        CommandOf(options),
        FirstMatch("/proc/self/limits", "Max open files"),
        File.ReadAllText("/proc/loadavg").Split(' ')[0],
        new Dictionary<string, string>
        {
            [".NET"] = Environment.Version.ToString(),
            ["Node"] = Output("node", "--version"),
            ["Redis"] = Output("redis-server", "--version"),
        });

    static string CommandOf(BenchmarkOptions options) =>
        $"tests/bench --rows {string.Join(',', options.Rows)} --targets {string.Join(',', options.Targets)}" +
        (options.Quick ? " --quick" : "") +
        (options.Times > 1 ? $" --times {options.Times}" : "") +
        (options.GatewayArguments.Count > 0 ? $" --gateway-args \"{string.Join(' ', options.GatewayArguments)}\"" : "") +
        (options.SiloArguments.Count > 0 ? $" --silo-args \"{string.Join(' ', options.SiloArguments)}\"" : "");

    static string FirstMatch(string file, string name)
    {
        var line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        var words = line?[name.Length..].Split([' ', '\t', ':'], StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length == 0 ? "unknown" : string.Join(' ', words);
    }

    static string Output(string program, string argument)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, argument) { RedirectStandardOutput = true })!;
            return process.StandardOutput.ReadToEnd().Trim();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "not installed";
        }
    }
}
