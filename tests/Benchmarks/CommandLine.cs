using System.Globalization;

namespace Tidings.Benchmarks;

/// <summary>The command line's words, read into options.</summary>
internal static class CommandLine
{
    public const string Usage = """
        tests/bench [--rows a,b] [--targets a,b] [--quick] [--times n] [--json file] [--rate n]
                    [--gateway-args "--Tidings:X=1 ..."] [--silo-args "..."]
          rows     broadcast channels longpoll smartrest latency connects memory memory-polls (all), paired templates hostile
                   storm storm-5000 broadcast-cpu channels-cpu
          targets  kestrel standalone cluster faye (all), cluster-always (appendfsync always),
                   kestrel-batched (publishers send up to 64 frames at once), kestrel-echo (each subscriber publishes
                   to itself), standalone-secured (users, rules, tokens, rates),
                   standalone-telemetry (metrics and traces sent to a collector)
          times    each cell is measured so often, targets in turn; the middle figure counts (1)
          rate     publishes a second: one step at this rate after warm-ups, instead of the search
        """;

    public static BenchmarkOptions Parse(IReadOnlyList<string> words)
    {
        var options = new BenchmarkOptions();
        for (var i = 0; i < words.Count; i++)
        {
            if (words[i] == "--quick")
                options = options.ToQuick();
            else if (i + 1 < words.Count)
                options = With(options, words[i], words[++i]);
            else
                throw Unknown(words[i]);
        }
        return options;
    }

    static BenchmarkOptions With(BenchmarkOptions options, string name, string value) => name switch
    {
        "--root" => options with { Root = Path.GetFullPath(value) },
        "--rows" => options with { Rows = Split(value, ',') },
        "--targets" => options with { Targets = Split(value, ',') },
        "--times" => options with { Times = int.TryParse(value, out var times) && times > 0 ? times : throw Unknown($"--times {value}") },
        "--json" => options with { JsonFile = value },
        "--rate" => options with { Rate = double.Parse(value, CultureInfo.InvariantCulture) },
        "--gateway-args" => options with { GatewayArguments = Split(value, ' ') },
        "--silo-args" => options with { SiloArguments = Split(value, ' ') },
        _ => throw Unknown(name),
    };

    static string[] Split(string value, char separator) => value.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    static BenchmarkException Unknown(string word) => new($"unknown or incomplete option {word}\n{Usage}");
}
