using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Rest;

/// <summary>
/// A channel as server-sent events (WHATWG HTML, "Server-sent events"): each event's id is a place in the log (<see cref="StreamPlace"/>), so a client
/// that reconnects with <c>Last-Event-ID</c> goes on without hole or double. The log is read up to its head, then again whenever a message comes.
/// </summary>
internal sealed class ChannelStreams(IClusterClient cluster, SessionDoor door, IHostApplicationLifetime lifetime, TimeProvider time, GatewayMetrics metrics)
{
    private const int Page = 500;
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    /// <summary>Begins to listen to a channel.</summary>
    /// <returns>What tells of messages, or what the tenant has too much of: sessions (<see cref="SubscribeStatus.TooMany"/>) or channels.</returns>
    /// <param name="channel">The channel.</param>
    /// <param name="context">Who listens.</param>
    /// <param name="place">What it takes up of its client's bounds.</param>
    public Task<(SubscribeStatus Status, ChannelBell? Bell)> ListenAsync(ChannelId channel, HttpContext context, IDisposable? place) =>
        ChannelBell.HangAsync(door, channel, context, place, time, lifetime.ApplicationStopping);

    /// <summary>The events of a channel, until the client goes or the server stops.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="listening">What <see cref="ListenAsync"/> gave; taken down at the end.</param>
    /// <param name="after">The place to go on after; null begins with the next message.</param>
    /// <param name="response">Where the events go.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public async IAsyncEnumerable<SseItem<string>> ReadAsync(
        ChannelId channel, ChannelBell listening, StreamPlace? after, HttpResponse response, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var grain = cluster.GetGrain<IChannelGrain>(channel.ToKey());
        await using var bell = listening;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var place = after ?? PlaceOf((await grain.Read(long.MaxValue - 1, 1)).Head);

        // From here on nothing is missed: the client is told by the head of the response, which would else wait for the first event.
        await response.Body.FlushAsync(ending.Token);
        if (after is null)
        {
            // A client whose connection breaks before the first message comes back to this place, too.
            yield return KeepAliveAt(place);
        }

        while (!ending.IsCancellationRequested && bell.IsHeard)
        {
            var read = await grain.Read(place.Offset, Page);
            if (read.Head.Offset < place.Offset || (place.Epoch != 0 && place.Epoch != read.Head.Epoch))
            {
                // The log began anew: what the client saw belongs to one that was lost.
                place = new StreamPlace(read.First - 1, read.Head.Epoch);
                yield return Gap(place);
                continue;
            }

            place = place with { Epoch = read.Head.Epoch };
            if (read.First > place.Offset + 1 && place.Offset > 0)
            {
                place = place with { Offset = read.First - 1 };
                yield return Gap(place);
            }

            foreach (var message in read.Messages)
            {
                if (!bell.IsHeard)
                {
                    // A page may take a slow client long.
                    yield break;
                }

                place = place with { Offset = message.Offset };
                yield return new SseItem<string>(DataOf(message), "message") { EventId = place.ToString() };
                metrics.Delivered.Add(1);
                bell.Wrote(channel, message);
            }

            if (read.Messages.Length == 0)
            {
                // What there was is gone, and said to be.
                place = PlaceOf(read.Head);
            }

            if (read.Messages.Length == 0 && !await bell.WaitAsync(KeepAlive, ending.Token) && !ending.IsCancellationRequested)
            {
                yield return KeepAliveAt(place);
            }
        }
    }

    private static StreamPlace PlaceOf(ChannelHead head) => new(head.Offset, head.Epoch);

    private static SseItem<string> Gap(StreamPlace before) => new($"{{\"resumedAt\":{before.Offset + 1}}}", "gap") { EventId = before.ToString() };

    private static SseItem<string> KeepAliveAt(StreamPlace place) => new("{}", "keep-alive") { EventId = place.ToString() };

    private static string DataOf(Message message) => Encoding.UTF8.GetString(LogEntry.JsonOf(message.Item).Span);
}

/// <summary>A session without a client: rings when a channel has a new message.</summary>
internal sealed class ChannelBell : ISessionSink, IProtocolSession, IAsyncDisposable
{
    private readonly SemaphoreSlim _rung = new(0, 1);
    private readonly SessionDoor _door;
    private readonly string _channel;
    private readonly CancellationToken _stopping;
    private readonly TimeProvider _time;
    private LocalSession? _session;

    private ChannelBell(SessionDoor door, string channel, TimeProvider time, CancellationToken stopping)
    {
        _door = door;
        _channel = channel;
        _stopping = stopping;
        _time = time;
    }

    public static async Task<(SubscribeStatus Status, ChannelBell? Bell)> HangAsync(
        SessionDoor door, ChannelId channel, HttpContext context, IDisposable? place, TimeProvider time, CancellationToken stopping)
    {
        var bell = new ChannelBell(door, channel.Name, time, stopping);
        var description = new SessionDescription { Protocol = "sse", Lifetime = TimeSpan.FromMinutes(1), Peer = context.Peer() };
        if (await door.OpenAsync(channel.Tenant, description, bell, context.User, place) is not var (secret, session))
        {
            return (SubscribeStatus.TooMany, null);
        }

        bell._session = session;
        session.Bind(bell);
        door.Connected(session);
        session.Deadline = null;
        try
        {
            var status = await door.SubscribeAsync(channel.Tenant, secret, [channel.Name]);
            switch (status)
            {
                case SubscribeStatus.Done:
                    return (status, bell);
                case SubscribeStatus.TooManyChannels:
                    await bell.DisposeAsync();
                    return (status, null);
                default:
                    throw new TimeoutException("A stream could not be subscribed to its channel.");
            }
        }
        catch
        {
            // Nobody else would end a session without a deadline.
            await bell.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether its listener may still be here and hear the channel: credentials end, and rules change.</summary>
    public bool IsHeard => _session is { State: not LocalState.Gone } session && (session.Grants is not { } grants || grants.MaySee(_channel));

    /// <summary>Waits until it rings; false when the time passes or the wait is cancelled first.</summary>
    public async Task<bool> WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(longest, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await _rung.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public string Transport => Transports.EventStream;

    /// <summary>A message was written to its listener.</summary>
    public void Wrote(ChannelId channel, Message message)
    {
        if (MessageTrace.IsOn)
        {
            DeliveryTrace.Streamed(_session!, channel, message);
        }
    }

    public void Wake(LocalSession session, OutboxItem item)
    {
        // The log has the message; the window need not.
        if (session.TakeForWriting() is not null)
        {
            session.Written();
        }

        Ring();
    }

    public void Tick(LocalSession session, DateTimeOffset now)
    {
        if (!IsHeard)
        {
            Ring();
        }
    }

    public void Released(LocalSession session) => Ring();

    public void Ended(LocalSession session, SessionEnd reason) => Ring();

    public void Stopping(LocalSession session) => Ring();

    public async ValueTask DisposeAsync()
    {
        if (_session is { } session)
        {
            await _door.CloseAsync(session.Tenant, session.Id, _stopping.IsCancellationRequested ? SessionEnd.Stopped : SessionEnd.Disconnected);
        }

        _rung.Dispose();
    }

    private void Ring()
    {
        try
        {
            _rung.Release();
        }
        catch (Exception exception) when (exception is SemaphoreFullException or ObjectDisposedException)
        {
            // Rung already, or taken down.
        }
    }
}
