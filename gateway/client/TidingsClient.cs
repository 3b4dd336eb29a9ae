using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tidings.Client.Sessions;
using Tidings.Client.Transports;

namespace Tidings.Client;

/// <summary>
/// A Bayeux client. It connects when it is first used, keeps its session and subscriptions through every cut, and ends when it is disposed of
/// or the server says not to come back. Its members may be used from any thread.
/// </summary>
public sealed partial class TidingsClient : IAsyncDisposable
{
    private static readonly TimeSpan GoodbyePatience = TimeSpan.FromSeconds(2);

    private readonly TidingsClientOptions _options;
    private readonly SubscriptionTable _table = new();
    private readonly ILogger _logger;
    private readonly ClientSession _session;
    private readonly Publisher _publisher;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lazy<Task> _running;
    private int _disposed;

    /// <summary>Makes a client; nothing is sent yet.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public TidingsClient(TidingsClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _logger = options.Logging.CreateLogger("Tidings.Client");
        _session = new ClientSession(options, _table, Change, gap => Tell(nameof(GapFound), () => GapFound?.Invoke(this, gap)));
        _publisher = new Publisher(_session, options);
        _running = new Lazy<Task>(() => Task.Run(() => _session.RunAsync(_stop.Token)));
    }

    /// <summary>Makes a client with default options.</summary>
    /// <param name="url">The Bayeux endpoint, <c>http://127.0.0.1:8080/cometd</c>.</param>
    public TidingsClient(Uri url)
        : this(new TidingsClientOptions { Url = url })
    {
    }

    /// <summary>Where the client stands.</summary>
    public TidingsState State { get; private set; }

    /// <summary>The state changed, or an attempt to connect failed. Handlers must be quick: the connection waits for them.</summary>
    public event EventHandler<TidingsStateChange>? StateChanged;

    /// <summary>Messages are lost to this client, as logs are bounded or a session had to begin anew without replay.</summary>
    public event EventHandler<TidingsGap>? GapFound;

    /// <summary>Waits until there is a session. Attempts go on until it is cancelled.</summary>
    /// <exception cref="TidingsClosedException">The server refused: credentials that are wrong, for example.</exception>
    public Task ConnectAsync(CancellationToken cancellationToken = default) => StartedAsync(cancellationToken);

    /// <summary>Subscribes to a channel, <c>/a/b</c>, or a pattern: <c>/a/*</c> for one more segment, <c>/a/**</c> for one or more.</summary>
    /// <param name="channel">The channel or pattern; a client subscribes to each once.</param>
    /// <param name="after">With replay: the id after which messages are wanted, or one of <see cref="ReplayFrom"/>. Default: new messages.</param>
    /// <param name="cancellationToken">Gives up; nothing stays subscribed.</param>
    /// <exception cref="TidingsException">The server refused.</exception>
    /// <exception cref="InvalidOperationException">The client has subscribed to it already, or <paramref name="after"/> is given without replay.</exception>
    public async Task<TidingsSubscription> SubscribeAsync(string channel, long? after = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(channel);
        var subscription = new TidingsSubscription(channel, after == ReplayFrom.New ? null : after, _options.Buffer, LeaveAsync);
        if (after is not null && (!_options.Replay || (after != ReplayFrom.New && subscription.IsPattern)))
        {
            throw new InvalidOperationException("A place in the log needs replay, and a channel that is no pattern.");
        }

        if (!_table.TryAdd(subscription))
        {
            throw new InvalidOperationException($"This client has subscribed to {channel} already.");
        }

        try
        {
            var active = await StartedAsync(cancellationToken);
            await _session.EstablishAsync(active, cancellationToken);
            await subscription.Established.WaitAsync(cancellationToken);
            return subscription;
        }
        catch
        {
            await subscription.DisposeAsync();
            throw;
        }
    }

    /// <summary>Publishes a value as JSON, and waits until the server has stored it.</summary>
    /// <inheritdoc cref="PublishJsonAsync"/>
    public Task PublishAsync<T>(string channel, T data, string? id = null, CancellationToken cancellationToken = default) =>
        SendAsync(channel, JsonSerializer.SerializeToUtf8Bytes(data, _options.Json), id, cancellationToken);

    /// <summary>Publishes JSON, and waits until the server has stored it. After a cut it is repeated under its id, which Tidings stores once.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="data">JSON (RFC 8259) in UTF-8.</param>
    /// <param name="id">An id, to repeat a publish by: the same id and data in the same session are stored once. Default one of the client's own.</param>
    /// <param name="cancellationToken">Gives up; the message may have been stored.</param>
    /// <exception cref="TidingsException">The server refused, or nobody can say whether it was stored: see <see cref="TidingsException.MayHaveHappened"/>.</exception>
    /// <exception cref="JsonException">The data is not JSON.</exception>
    public Task PublishJsonAsync(string channel, ReadOnlyMemory<byte> data, string? id = null, CancellationToken cancellationToken = default)
    {
        var json = new Utf8JsonReader(data.Span, new JsonReaderOptions { MaxDepth = 1024 });
        while (json.Read())
        {
            // To the end, so that the whole of it is checked.
        }

        return SendAsync(channel, data, id, cancellationToken);
    }

    /// <summary>Says goodbye to the server and ends the subscriptions.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _session.IsClosing = true;
        if (_session.Gate.Current is { } active)
        {
            await GoodbyeAsync(active);
        }

        await _stop.CancelAsync();
        await _running.Value;
        _stop.Dispose();
    }

    private async Task SendAsync(string channel, ReadOnlyMemory<byte> data, string? id, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(channel);
        Start();
        await _publisher.PublishAsync(channel, data, id, cancellationToken);
    }

    private Task<ActiveSession> StartedAsync(CancellationToken cancellationToken)
    {
        Start();
        return _session.Gate.WaitAsync(cancellationToken);
    }

    private void Start()
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        _ = _running.Value;
    }

    private async ValueTask LeaveAsync(TidingsSubscription subscription)
    {
        _table.Remove(subscription);
        if (subscription.AskedIn is { } session && _disposed == 0 && _session.Gate.Current is { } active && active.ClientId == session)
        {
            try
            {
                await active.Link.AskAsync(_session.Requests.Unsubscribe(session, subscription.Channel), _options.ReplyTimeout, _stop.Token);
            }
            catch (Exception failure) when (failure is LinkLostException or OperationCanceledException or ObjectDisposedException)
            {
                // What still comes for it is dropped; a new session does not have it.
            }
        }
    }

    private async Task GoodbyeAsync(ActiveSession active)
    {
        try
        {
            await active.Link.AskAsync(_session.Requests.Disconnect(active.ClientId), GoodbyePatience, CancellationToken.None);
        }
        catch (LinkLostException)
        {
            // The session expires by itself.
        }
    }

    private void Change(TidingsStateChange change)
    {
        State = change.State;
        Tell(nameof(StateChanged), () => StateChanged?.Invoke(this, change));
    }

    /// <summary>Those who listen are told; one who fails at it must not end the connection of all.</summary>
    private void Tell(string what, Action tell)
    {
        try
        {
            tell();
        }
        catch (Exception failure)
        {
            Log.HandlerFailed(_logger, what, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3005, LogLevel.Error, "A handler of {Event} failed")]
        public static partial void HandlerFailed(ILogger logger, string @event, Exception failure);
    }
}
