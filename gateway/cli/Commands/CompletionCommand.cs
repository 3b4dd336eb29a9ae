using System.CommandLine;

namespace Tidings.Cli.Commands;

/// <summary><c>tidings completion</c>: scripts by which shells complete this command, asking it with the <c>[suggest]</c> directive.</summary>
internal static class CompletionCommand
{
    private static readonly Argument<string> Shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh" }.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");

    private const string Bash = """
        _tidings() {
          local IFS=$'\n'
          COMPREPLY=($(compgen -W "$(tidings "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -F _tidings tidings
        """;

    private const string Zsh = """
        #compdef tidings
        _tidings() {
          local -a found
          found=("${(@f)$(tidings "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
          compadd -a found
        }
        compdef _tidings tidings
        """;

    private const string Fish = """
        complete -f -c tidings -a '(set -l line (commandline -cp); tidings "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null)'
        """;

    private const string PowerShell = """
        Register-ArgumentCompleter -Native -CommandName tidings -ScriptBlock {
          param($word, $ast, $position)
          tidings "[suggest:$position]" "$ast" | Where-Object { $_ -like "$word*" } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
        }
        """;

    public static Command Make(Terminal terminal)
    {
        var command = new Command("completion", "Prints a script for a shell's completion: eval \"$(tidings completion bash)\"") { Shell };
        command.SetAction(parsed => terminal.WriteLine(parsed.GetValue(Shell) switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "fish" => Fish,
            _ => PowerShell,
        }));
        return command;
    }
}
