using System.Text;
using Microsoft.Win32.SafeHandles;
using Spectre.Console;

namespace Tidings.Cli;

/// <summary>What a command reads, writes and knows of its surroundings; tests have one of their own.</summary>
internal sealed class Terminal : IDisposable
{
    /// <summary>EPIPE and ECONNRESET; Windows' ERROR_BROKEN_PIPE and ERROR_NO_DATA.</summary>
    private static readonly int[] ReaderIsGone = [32, 104, unchecked((int)0x8007006D), unchecked((int)0x800700E8)];

    public required TextReader In { get; init; }

    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>A variable of the environment; null if it is not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>Where the configuration file is, unless a variable or option says otherwise.</summary>
    public string ConfigFile { get; init; } = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "tidings", "config.json");

    /// <summary>Whether somebody looks at the output.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>Whether somebody looks at errors, and progress can be shown there.</summary>
    public bool ShowsProgress { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public static Terminal OfProcess() => new()
    {
        In = Console.In,
        Out = OpenOut(),
        Error = Console.Error,
        Variable = Environment.GetEnvironmentVariable,
        IsInteractive = !Console.IsOutputRedirected,
        ShowsProgress = !Console.IsErrorRedirected,
    };

    /// <summary>Tables and the like on the output.</summary>
    public IAnsiConsole Tables => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(Out),
        Ansi = IsInteractive ? AnsiSupport.Detect : AnsiSupport.No,
        ColorSystem = IsInteractive ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        Interactive = InteractionSupport.No,
    });

    /// <summary>Progress, beside the output.</summary>
    public IAnsiConsole Aside => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(Error),
        Ansi = ShowsProgress ? AnsiSupport.Detect : AnsiSupport.No,
        Interactive = ShowsProgress ? InteractionSupport.Detect : InteractionSupport.No,
    });

    /// <exception cref="OutputClosedException">Nobody reads it any more.</exception>
    public void WriteLine(string line)
    {
        try
        {
            Out.WriteLine(line);
        }
        catch (IOException failure)
        {
            throw Explain(failure);
        }
    }

    /// <inheritdoc cref="WriteLine"/>
    public async Task WriteLineAsync(string line)
    {
        try
        {
            await Out.WriteLineAsync(line);
        }
        catch (IOException failure)
        {
            throw Explain(failure);
        }
    }

    public void Dispose()
    {
        try
        {
            Out.Dispose();
        }
        catch (IOException)
        {
            // Nobody reads it.
        }
    }

    /// <summary>A reader that has enough is no failure; a full disk is one.</summary>
    private static Exception Explain(IOException failure) => ReaderIsGone.Contains(failure.HResult)
        ? new OutputClosedException(failure)
        : new CommandException(ExitCodes.Failed, $"The output cannot be written: {failure.Message}");

    private static StreamWriter OpenOut() => new(OpenPipe() ?? Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };

    /// <summary>
    /// The output where it is a pipe: the runtime's own stream says nothing when a pipe's reader is gone, and a command must end then. Null for
    /// files, which others may write to as well, and terminals.
    /// </summary>
    private static FileStream? OpenPipe()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
        {
            return null;
        }

        var stream = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return stream.CanSeek ? null : stream;
    }
}

/// <summary>Whoever read the output has enough.</summary>
internal sealed class OutputClosedException(IOException cause) : Exception("Nobody reads the output.", cause);
