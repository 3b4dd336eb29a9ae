using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;
using Tidings.Cli.Output;
using Tidings.Client;

namespace Tidings.Cli.Commands;

/// <summary><c>tidings publish</c>: one message, or one a line.</summary>
internal static class PublishCommand
{
    private static readonly Argument<string> Channel = new("channel") { Description = "The channel, /a/b" };
    private static readonly Argument<string?> Data = new("data") { Description = "The message as JSON; without it, or as -, it is read from the input", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<bool> AsText = new("--text", "-t") { Description = "The message is text, which becomes a JSON string" };
    private static readonly Option<bool> Lines = new("--lines", "-l") { Description = "Each line of the input is a message" };
    private static readonly Option<FileInfo?> Input = new("--file", "-f") { Description = "Read from a file" };

    public static Command Make(Terminal terminal) =>
        new Command("publish", "Publishes a message, and waits until it is stored") { Channel, Data, AsText, Lines, Input }.Does(terminal, RunAsync);

    private static async Task<int> RunAsync(Invocation run)
    {
        using var file = run.Value(Input) is { } named ? Open(named) : null;
        var input = file ?? run.Terminal.In;
        await using var client = await run.ConnectAsync();
        var channel = run.Value(Channel)!;
        var count = run.Value(Lines)
            ? await PublishLinesAsync(run, client, channel, input)
            : await PublishOneAsync(run, client, channel, run.Value(Data) is { } data and not "-" ? data : await input.ReadToEndAsync(run.CancellationToken));
        Results.Write(run, $"{count} published on {channel}", new JsonObject { ["channel"] = channel, ["published"] = count });
        return ExitCodes.Done;
    }

    private static async Task<long> PublishOneAsync(Invocation run, TidingsClient client, string channel, string data)
    {
        await PublishAsync(run, client, channel, data, "The message");
        return 1;
    }

    private static Task<long> PublishLinesAsync(Invocation run, TidingsClient client, string channel, TextReader input)
    {
        var progress = run.Terminal.Aside.Progress().AutoClear(true).Columns(new SpinnerColumn(), new TaskDescriptionColumn(), new ElapsedTimeColumn());
        return run.Terminal.ShowsProgress
            ? progress.StartAsync(context => EachLineAsync(run, client, channel, input, context.AddTask("publishing").IsIndeterminate()))
            : EachLineAsync(run, client, channel, input, null);
    }

    private static async Task<long> EachLineAsync(Invocation run, TidingsClient client, string channel, TextReader input, ProgressTask? progress)
    {
        var (published, line) = (0L, 0L);
        while (await input.ReadLineAsync(run.CancellationToken) is { } data)
        {
            line++;
            if (data.Length > 0)
            {
                await PublishAsync(run, client, channel, data, $"Line {line}");
                published++;
                progress?.Description = $"{published} published on {Markup.Escape(channel)}";
            }
        }

        return published;
    }

    private static async Task PublishAsync(Invocation run, TidingsClient client, string channel, string data, string what)
    {
        try
        {
            await client.PublishJsonAsync(channel, run.Value(AsText) ? JsonSerializer.SerializeToUtf8Bytes(data, CliJson.Default.String) : Encoding.UTF8.GetBytes(data), cancellationToken: run.CancellationToken);
        }
        catch (JsonException)
        {
            throw new CommandException(ExitCodes.Usage, $"{what} is not JSON. --text publishes text.");
        }
    }

    private static StreamReader Open(FileInfo file)
    {
        try
        {
            return file.OpenText();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCodes.Usage, failure.Message);
        }
    }
}
