using System.CommandLine;
using System.Globalization;

namespace Tidings.Cli;

/// <summary>Bounds of what options take: beyond them the command line is wrong, and nothing is begun.</summary>
internal static class Ranges
{
    /// <summary>As long as a timer of .NET can be, and somewhat less.</summary>
    private const double MostSeconds = 4_000_000;

    private const double LeastSeconds = 0.001;

    /// <summary>A number of seconds above 0.</summary>
    public static Option<T> IsTime<T>(this Option<T> option) => option.Within(LeastSeconds, MostSeconds, "a number of seconds above 0");

    /// <summary>A number from the least on.</summary>
    public static Option<T> AtLeast<T>(this Option<T> option, int least) => option.Within(least, int.MaxValue, $"a number from {least} on");

    /// <summary>A number between two others, these included.</summary>
    public static Option<T> Between<T>(this Option<T> option, int least, int most) => option.Within(least, most, $"a number from {least} to {most}");

    // What is no number at all is refused by the parser.
    private static Option<T> Within<T>(this Option<T> option, double least, double most, string what)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var said] && double.TryParse(said.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && !(value >= least && value <= most))
            {
                result.AddError($"{option.Name} is {what}.");
            }
        });
        return option;
    }
}
