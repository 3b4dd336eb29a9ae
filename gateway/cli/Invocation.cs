using System.CommandLine;
using Tidings.Client;

namespace Tidings.Cli;

/// <summary>One run of a command: what was said, and the ways to the server.</summary>
internal sealed class Invocation(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
{
    public Terminal Terminal => terminal;

    public CancellationToken CancellationToken => cancellationToken;

    public Settings Settings { get; } = Settings.Of(parsed, terminal);

    /// <summary>Whether the output is JSON.</summary>
    public bool Json { get; } = parsed.GetValue(GlobalOptions.Json);

    private TimeSpan Patience { get; } = TimeSpan.FromSeconds(parsed.GetValue(GlobalOptions.Timeout));

    public T? Value<T>(Option<T> option) => parsed.GetValue(option);

    public T? Value<T>(Argument<T> argument) => parsed.GetValue(argument);

    /// <summary>A new caller of the HTTP API.</summary>
    public Api Api() => new(Settings, Patience, cancellationToken);

    /// <summary>A client that is connected.</summary>
    /// <exception cref="CommandException">The server cannot be reached in time.</exception>
    public async Task<TidingsClient> ConnectAsync(bool replay = false)
    {
        var client = new TidingsClient(new TidingsClientOptions
        {
            Url = new Uri(Settings.Server, "/cometd"),
            Replay = replay,
            Time = terminal.Time,
            Credentials = CredentialsOf(Settings) is { } credentials ? _ => ValueTask.FromResult<TidingsCredentials?>(credentials) : null,
        });
        try
        {
            await WithinPatienceAsync(client);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    private async Task WithinPatienceAsync(TidingsClient client)
    {
        string? reason = null;
        client.StateChanged += (_, change) => reason = change.Reason;
        using var limit = new CancellationTokenSource(Patience, terminal.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await client.ConnectAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException(ExitCodes.Unreachable, $"{Settings.Server} cannot be reached: {reason ?? "it does not answer"}");
        }
    }

    private static TidingsCredentials? CredentialsOf(Settings settings) =>
        settings.Token is { } token ? TidingsCredentials.Bearer(token)
        : settings.User is { } user ? TidingsCredentials.Basic(user, settings.Password ?? "")
        : null;
}

/// <summary>Gives commands their invocation.</summary>
internal static class CommandExtensions
{
    public static Command Does(this Command command, Terminal terminal, Func<Invocation, Task<int>> action)
    {
        command.SetAction((parsed, cancellationToken) => action(new Invocation(parsed, terminal, cancellationToken)));
        return command;
    }
}
