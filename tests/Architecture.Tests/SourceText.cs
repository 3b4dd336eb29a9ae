using System.Text.RegularExpressions;

namespace Tidings.Architecture.Tests;

/// <summary>Looks for names in sources, past comments and strings.</summary>
internal static partial class SourceText
{
    /// <summary>Whether code imports or spells out a namespace, or one below it; a name that ends in a dot must go on.</summary>
    public static bool Uses(string source, string wanted) =>
        Regex.IsMatch(WithoutComments(source), $@"(?<![\w.]){Regex.Escape(wanted)}{(wanted[^1] == '.' ? @"(?=\w)" : @"(?!\w)")}", RegexOptions.CultureInvariant);

    private static string WithoutComments(string source) => Noise().Replace(source, " ");

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/|""(\\.|[^""\\\n])*""", RegexOptions.Singleline)]
    private static partial Regex Noise();
}
