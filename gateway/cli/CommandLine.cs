using System.CommandLine;
using Tidings.Cli.Commands;
using Tidings.Client;

namespace Tidings.Cli;

/// <summary>The whole command: what there is, and how it ends.</summary>
internal static class CommandLine
{
    /// <summary>Runs a command line to its end.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args, Terminal terminal, CancellationToken cancellationToken)
    {
        var parsed = Root(terminal).Parse(args);
        var configuration = new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false };
        try
        {
            var code = await parsed.InvokeAsync(configuration, cancellationToken);
            return parsed.Errors.Count > 0 && code != ExitCodes.Done ? ExitCodes.Usage : code;
        }
        catch (Exception failure)
        {
            return await ExplainAsync(failure, terminal);
        }
    }

    private static RootCommand Root(Terminal terminal)
    {
        var root = new RootCommand("Publishes, subscribes, and manages a Tidings server or cluster.")
        {
            SubscribeCommand.Make(terminal),
            PublishCommand.Make(terminal),
            TailCommand.Make(terminal),
            StatusCommand.Make(terminal),
            SessionsCommand.Make(terminal),
            ChannelsCommand.Make(terminal),
            UsersCommand.Make(terminal),
            DrainCommand.Make(terminal),
            LoadCommand.Make(terminal),
            CompletionCommand.Make(terminal),
        };
        foreach (var option in GlobalOptions.All)
        {
            root.Options.Add(option);
        }

        return root;
    }

    private static async Task<int> ExplainAsync(Exception failure, Terminal terminal)
    {
        var (code, message) = failure switch
        {
            CommandException command => (command.ExitCode, command.Message),
            TidingsException { Code: 401 or 403 } refused => (ExitCodes.Denied, refused.Message),
            TidingsException refused => (ExitCodes.Failed, refused.Message),
            OperationCanceledException => (ExitCodes.Interrupted, ""),
            OutputClosedException => (ExitCodes.Done, ""),
            _ => (ExitCodes.Failed, failure.Message),
        };
        if (message.Length > 0)
        {
            await terminal.Error.WriteLineAsync($"tidings: {Output.Text.Plain(message)}");
        }

        return code;
    }
}
