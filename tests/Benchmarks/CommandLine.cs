namespace Tidings.Benchmarks;

/// <summary>The command line's words, read into options.</summary>
internal static class CommandLine
{
    public const string Usage = """
        tests/bench [--rows a,b] [--targets a,b] [--quick] [--json file]
                    [--gateway-args "--Tidings:X=1 ..."] [--silo-args "..."]
          rows     broadcast channels longpoll smartrest latency connects memory memory-polls (all)
          targets  kestrel standalone cluster faye (all), cluster-always (appendfsync always),
                   kestrel-batched (publishers send up to 64 frames at once)
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
        "--json" => options with { JsonFile = value },
        "--gateway-args" => options with { GatewayArguments = Split(value, ' ') },
        "--silo-args" => options with { SiloArguments = Split(value, ' ') },
        _ => throw Unknown(name),
    };

    static string[] Split(string value, char separator) => value.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    static BenchmarkException Unknown(string word) => new($"unknown or incomplete option {word}\n{Usage}");
}
