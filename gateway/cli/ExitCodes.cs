namespace Tidings.Cli;

/// <summary>What the command's exit codes mean; README.md lists them for scripts.</summary>
internal static class ExitCodes
{
    /// <summary>Done; also where the reader of the output went away.</summary>
    public const int Done = 0;

    /// <summary>The server refused or failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The server cannot be reached.</summary>
    public const int Unreachable = 3;

    /// <summary>Credentials are missing or wrong, or do not allow it.</summary>
    public const int Denied = 4;

    /// <summary>There is no such thing.</summary>
    public const int NotFound = 5;

    /// <summary>The time was over before all was done.</summary>
    public const int Incomplete = 6;

    /// <summary>Interrupted, as shells count it: 128 and SIGINT.</summary>
    public const int Interrupted = 130;
}

/// <summary>Ends a command with a message and an exit code.</summary>
internal sealed class CommandException(int exitCode, string message) : Exception(message)
{
    public int ExitCode => exitCode;
}
