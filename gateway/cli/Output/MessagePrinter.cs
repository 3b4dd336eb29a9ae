using System.Globalization;
using System.Text;
using System.Text.Json;
using Tidings.Client;

namespace Tidings.Cli.Output;

/// <summary>Writes messages, one a line, until there were enough.</summary>
/// <param name="run">The invocation.</param>
/// <param name="count">How many; null for no end.</param>
/// <param name="offsets">Whether the place in the log stands in front, instead of the channel.</param>
internal sealed class MessagePrinter(Invocation run, int? count, bool offsets = false)
{
    private readonly SemaphoreSlim _one = new(1);
    private readonly CancellationTokenSource _enough = new();
    private int _printed;

    /// <summary>Prints what comes on all of these.</summary>
    /// <param name="subscriptions">The subscriptions; they end with this call.</param>
    /// <param name="stop">Ends it.</param>
    /// <param name="time">Ends it, too: before there were enough, that is incomplete.</param>
    public async Task<int> PrintAsync(IReadOnlyList<TidingsSubscription> subscriptions, CancellationTokenSource stop, CancellationToken time)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, _enough.Token);
        var printing = subscriptions.Select(one => PrintAsync(one, either.Token)).ToArray();

        // The first that fails ends the others.
        await Task.WhenAny(printing.Select(static one => one));
        await _enough.CancelAsync();
        try
        {
            await Task.WhenAll(printing);
        }
        catch (OperationCanceledException)
        {
            // By the count, the time, or the user.
        }

        return _printed == count || (count is null && time.IsCancellationRequested) ? ExitCodes.Done
            : time.IsCancellationRequested ? ExitCodes.Incomplete
            : throw new OperationCanceledException();
    }

    private async Task PrintAsync(TidingsSubscription subscription, CancellationToken cancellationToken)
    {
        while (true)
        {
            var message = await subscription.ReadAsync(cancellationToken);
            await _one.WaitAsync(cancellationToken);
            try
            {
                if (_printed == count)
                {
                    return;
                }

                await run.Terminal.WriteLineAsync(run.Json ? JsonOf(message) : $"{PrefixOf(message)} {Text.Line(DataOf(message))}");
                if (++_printed == count)
                {
                    return;
                }
            }
            finally
            {
                _one.Release();
            }
        }
    }

    private string PrefixOf(TidingsMessage message) =>
        !offsets ? Text.Plain(message.Channel) : message.ReplayId?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static string JsonOf(TidingsMessage message)
    {
        var id = message.ReplayId is { } offset ? string.Create(CultureInfo.InvariantCulture, $"\"offset\":{offset},") : "";
        return $"{{\"channel\":{JsonSerializer.Serialize(message.Channel, CliJson.Default.String)},{id}\"data\":{Text.Line(DataOf(message))}}}";
    }

    /// <summary>The data as it was published: without the place that the server puts into objects, <c>{"event":{"replayId":7},…}</c>.</summary>
    private static ReadOnlySpan<byte> DataOf(TidingsMessage message)
    {
        if (message.ReplayId is not { } offset)
        {
            return message.Data.Span;
        }

        var text = Encoding.UTF8.GetString(message.Data.Span);
        var id = string.Create(CultureInfo.InvariantCulture, $"\"replayId\":{offset}");
        foreach (var (with, without) in (ReadOnlySpan<(string, string)>)[($"\"event\":{{{id}}},", ""), ($"\"event\":{{{id}}}", ""), ($"{id},", "")])
        {
            var at = text.IndexOf(with, StringComparison.Ordinal);
            if (at >= 0)
            {
                return Encoding.UTF8.GetBytes(text.Remove(at, with.Length).Insert(at, without));
            }
        }

        return message.Data.Span;
    }
}
