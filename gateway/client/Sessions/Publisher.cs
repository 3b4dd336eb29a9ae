using System.Text.Json;
using Tidings.Client.Transports;
using Tidings.Protocols.Bayeux;

namespace Tidings.Client.Sessions;

/// <summary>Publishes, and repeats under the same id what has an unknown outcome: the server stores it once.</summary>
internal sealed class Publisher(ClientSession session, TidingsClientOptions options)
{
    private readonly SemaphoreSlim _room = new(options.MaxRequests);

    public async Task PublishAsync(string channel, ReadOnlyMemory<byte> data, string? id, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.PublishTimeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var attempt = new Attempt(channel, data, id is null ? session.Requests.NextId() : JsonSerializer.SerializeToUtf8Bytes(id, ClientJson.Default.String));
        await EnterAsync(timeout, either, cancellationToken);
        try
        {
            await RepeatAsync(attempt, either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TidingsException($"Not published to {channel} in {options.PublishTimeout.TotalSeconds} s: {attempt.Reason}", attempt.SentIn is not null);
        }
        finally
        {
            _room.Release();
        }
    }

    private async Task EnterAsync(CancellationTokenSource timeout, CancellationTokenSource either, CancellationToken cancellationToken)
    {
        try
        {
            await _room.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TidingsException("Not published: too many requests are under way.");
        }
    }

    private async Task RepeatAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(options.MinBackoff, options.MaxBackoff, options.Time);
        while (!await TryAsync(attempt, await session.Gate.WaitAsync(cancellationToken), cancellationToken))
        {
            await backoff.PauseAsync(TimeSpan.Zero, cancellationToken);
        }
    }

    /// <returns>False if it is to be tried again.</returns>
    private async Task<bool> TryAsync(Attempt attempt, ActiveSession active, CancellationToken cancellationToken)
    {
        if (attempt.SentIn is { } before && before != active.ClientId)
        {
            // The server knows repeats by session and id.
            throw new TidingsException($"The session ended while a publish to {attempt.Channel} was under way: {attempt.Reason}", mayHaveHappened: true);
        }

        try
        {
            var unknown = attempt.SentIn is not null;
            attempt.SentIn = active.ClientId;
            var reply = await active.Link.AskAsync(Requests.Publish(active.ClientId, attempt.Channel, attempt.Data, attempt.Id), options.ReplyTimeout, cancellationToken);
            return reply.Successful == true || Explain(attempt, reply, unknown);
        }
        catch (LinkLostException lost)
        {
            attempt.Reason = lost.Message;
            return false;
        }
    }

    /// <exception cref="TidingsException">Repeating it would not help.</exception>
    private static bool Explain(Attempt attempt, BayeuxMessage reply, bool unknown)
    {
        attempt.Reason = reply.Error ?? "The server refused it.";
        var code = TidingsException.CodeOf(reply.Error);
        if (code is 402 or 429 && !unknown)
        {
            // It was not looked at: it may go into another session.
            attempt.SentIn = null;
        }

        return code is 402 or 429 or 503 ? false : throw new TidingsException(attempt.Reason);
    }

    private sealed class Attempt(string channel, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> id)
    {
        public string Channel => channel;

        public ReadOnlyMemory<byte> Data => data;

        public ReadOnlyMemory<byte> Id => id;

        /// <summary>The session in which it may have been stored; null if in none.</summary>
        public string? SentIn { get; set; }

        /// <summary>Why it is not done yet.</summary>
        public string Reason { get; set; } = "there is no connection";
    }
}
