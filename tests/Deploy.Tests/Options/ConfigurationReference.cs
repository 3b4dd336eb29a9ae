using System.Text;

namespace Tidings.Deploy.Tests.Options;

/// <summary>deploy/configuration.md as the sources make it.</summary>
internal static class ConfigurationReference
{
    public const string File = "deploy/configuration.md";

    /// <summary>What is written by hand, up to this line, stays.</summary>
    private const string Begin = "<!-- From here on made from the sources: tests/Deploy.Tests/README.md says how. -->";

    /// <summary>The file with its tables made anew.</summary>
    public static string Of(string current)
    {
        var sources = Repository.Sources().ToList();
        var begin = current.IndexOf(Begin, StringComparison.Ordinal);
        var text = new StringBuilder(begin < 0 ? "" : current[..begin]).Append(Begin).Append('\n');
        foreach (var options in OptionClass.All)
        {
            Write(text, options, sources);
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, OptionClass options, IReadOnlyList<string> sources)
    {
        var when = options.IsLive(sources) ? "A change of a settings file counts without a restart." : options.IsPartlyLive(sources) && Documentation.Of(options.Type).Contains(" follow ", StringComparison.Ordinal) ? "Read at the start, but for what is said to follow." : "Read at the start.";
        text.Append($"\n## {options.Section} ({options.Type.Name})\n\n{Documentation.Of(options.Type)}\n\nFor {options.Process}. {when}\n\n| Setting | Takes | Meaning |\n|---|---|---|\n");
        foreach (var setting in options.Settings)
        {
            text.Append($"| `{setting.Key}` | {setting.Takes} | {Documentation.Of(setting.Property).Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        }
    }
}
