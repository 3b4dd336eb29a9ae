using System.Globalization;
using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests;

/// <summary>The command line's words, read into options.</summary>
static class CommandLine
{
    public const string Usage = """
        tests/chaos [--minutes N] [--seed N] [--sessions N] [--rate N] [--fsync always|everysec] [--silos N] [--gateways N]
                    [--brief] [--only SiloKill,GatewayKill,...] [--gateway-args "..."] [--silo-args "..."] [--folder PATH]
                    [--upgrade-from COMMIT]
        """;

    /// <exception cref="FormatException">A word is unknown or its value is not what it takes.</exception>
    public static ChaosOptions Parse(IReadOnlyList<string> words)
    {
        var options = new ChaosOptions();
        for (var i = 0; i < words.Count; i++)
        {
            if (words[i] == "--brief")
                options = options with { Brief = true };
            else if (i + 1 < words.Count)
                options = With(options, words[i], words[++i]);
            else
                throw Unknown(words[i]);
        }
        return options;
    }

    static ChaosOptions With(ChaosOptions options, string name, string value) => name switch
    {
        "--minutes" => options with { Length = TimeSpan.FromMinutes(double.Parse(value, CultureInfo.InvariantCulture)) },
        "--seed" => options with { Seed = Number(value) },
        "--sessions" => options with { Sessions = Number(value) },
        "--rate" => options with { Rate = Number(value) },
        "--silos" => options with { Silos = Number(value) },
        "--gateways" => options with { Gateways = Number(value) },
        "--fsync" when value is "always" or "everysec" => options with { Fsync = value },
        "--only" when value != $"{FaultKind.OwnEnd}" => options with { Only = [.. Split(value, ',').Select(Kind)] },
        "--gateway-args" => options with { GatewayArguments = Split(value, ' ') },
        "--silo-args" => options with { SiloArguments = Split(value, ' ') },
        "--upgrade-from" => options with { UpgradeFrom = value },
        "--folder" => options with { Folder = Path.GetFullPath(value) },
        _ => throw Unknown(name),
    };

    static int Number(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : throw Unknown(value);

    static FaultKind Kind(string value) => Enum.TryParse<FaultKind>(value, out var kind) ? kind : throw Unknown(value);

    static string[] Split(string value, char separator) =>
        value.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    static FormatException Unknown(string word) => new($"unknown or incomplete: {word}\n{Usage}");
}
