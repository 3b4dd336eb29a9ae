using System.Net;
using Microsoft.Extensions.Logging;
using Tidings.Client.Transports;
using Tidings.Protocols.Bayeux;

namespace Tidings.Client.Sessions;

/// <summary>
/// Keeps a session: opens links, shakes hands, keeps a connect going round, comes back after every cut with the same clientId, and begins
/// anew only when the server says so.
/// </summary>
internal sealed partial class ClientSession
{
    private const int MostHeld = 1_000_000;

    private readonly TidingsClientOptions _options;
    private readonly SubscriptionTable _table;
    private readonly Action<TidingsStateChange> _changed;
    private readonly Action<TidingsGap> _gap;
    private readonly CredentialSource _credentials;
    private readonly Connector _connector;
    private readonly Establisher _establisher;
    private readonly Backoff _backoff;
    private readonly ILogger _logger;
    private readonly Advices _advices = new();
    private readonly List<TidingsMessage> _held = [];
    private TidingsCredentials? _told;
    private string? _clientId;
    private bool _acknowledges;
    private long _batch;
    private CancellationToken _stop;

    public ClientSession(TidingsClientOptions options, SubscriptionTable table, Action<TidingsStateChange> changed, Action<TidingsGap> gap)
    {
        _options = options;
        _table = table;
        _changed = changed;
        _gap = gap;
        _logger = options.Logging.CreateLogger("Tidings.Client");
        _credentials = new CredentialSource(options);
        _connector = new Connector(options, _credentials, _logger);
        _establisher = new Establisher(table, Requests, options, gap);
        _backoff = new Backoff(options.MinBackoff, options.MaxBackoff, options.Time);
    }

    public Requests Requests { get; } = new();

    /// <summary>Its owner closes it: its end is nobody's fault.</summary>
    public bool IsClosing { get; set; }

    /// <summary>Open while there is a session with a link.</summary>
    public Gate<ActiveSession> Gate { get; } = new();

    /// <summary>Runs until it is stopped or the server says not to come back.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        _stop = stop;
        var end = new TidingsClosedException("The client was closed.");
        try
        {
            while (true)
            {
                stop.ThrowIfCancellationRequested();
                await TryAsync();
            }
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // Closed by its owner, whatever was under way.
        }
        catch (TidingsClosedException closed)
        {
            end = IsClosing ? end : closed;
        }
        finally
        {
            Gate.End(end);
            var owner = IsClosing || stop.IsCancellationRequested;
            if (!owner)
            {
                Log.Closed(_logger, end.Message);
            }

            foreach (var subscription in _table.All)
            {
                subscription.End(owner ? null : end);
            }

            _changed(new TidingsStateChange(TidingsState.Closed, null, end.Message));
            _connector.Dispose();
        }
    }

    /// <summary>Brings new subscriptions into force, if there is a session; otherwise they wait for one.</summary>
    public async Task EstablishAsync(ActiveSession active, CancellationToken cancellationToken)
    {
        try
        {
            await _establisher.EstablishAsync(active.Link, active.ClientId, cancellationToken);
        }
        catch (LinkLostException)
        {
            // They are established with the next one.
        }
    }

    private async Task TryAsync()
    {
        try
        {
            await UseLinkAsync();
        }
        catch (Exception failure) when (failure is not TidingsClosedException && !_stop.IsCancellationRequested)
        {
            // Whatever it was, the next attempt may succeed: a cut, a server that starts, a source of tokens that is down.
            var lost = failure as LinkLostException;
            Log.Lost(_logger, failure.Message);
            if (lost?.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            {
                Renew($"{(int)lost.Status}::{lost.Message}");
            }

            _changed(new TidingsStateChange(TidingsState.Connecting, null, failure.Message));
            await _backoff.PauseAsync(lost?.RetryAfter ?? TimeSpan.Zero, _stop);
        }
    }

    /// <exception cref="TidingsClosedException">There are no other credentials.</exception>
    private void Renew(string refusal)
    {
        if (!_credentials.Refused())
        {
            throw new TidingsClosedException(refusal);
        }
    }

    private async Task UseLinkAsync()
    {
        var link = await OpenAsync();
        try
        {
            while (true)
            {
                await ServeAsync(link);
            }
        }
        catch (LinkLostException lost) when (!link.HasAnswered)
        {
            _connector.Endpoints.Fail();
            if (link.ConnectionType == SocketWire.Name)
            {
                _connector.AvoidSockets(lost.Message);
            }

            throw;
        }
        finally
        {
            Gate.Shut();
            await link.DisposeAsync();
            Forget();
        }
    }

    private async Task<Link> OpenAsync()
    {
        try
        {
            return await Link.OpenAsync(_connector, DeliverAsync, _options, _logger, _stop);
        }
        catch (LinkLostException)
        {
            _connector.Endpoints.Fail();
            throw;
        }
    }

    /// <summary>One session on one link, until the session is unknown.</summary>
    private async Task ServeAsync(Link link)
    {
        if (_clientId is null)
        {
            await HandshakeAsync(link);
        }

        if (!_acknowledges && link.ConnectionType == SocketWire.Name && _options.Transports.HasFlag(TidingsTransports.LongPolling))
        {
            link.SendBeside(_connector);
        }

        var clientId = _clientId!;
        if (await _establisher.EstablishAsync(link, clientId, _stop))
        {
            Gate.Open(new ActiveSession(link, clientId));
            _changed(new TidingsStateChange(TidingsState.Connected, link.ConnectionType, null));
            await ConnectAsync(link, clientId);
        }

        Gate.Shut();
        _clientId = null;
    }

    /// <summary>What was not acknowledged comes again.</summary>
    private void Forget()
    {
        lock (_held)
        {
            _held.Clear();
        }
    }

    private ValueTask DeliverAsync(BayeuxMessage message)
    {
        var data = message.Data.ToArray();
        var delivered = new TidingsMessage(message.Channel!, data, message.Ext.ToArray(), _options.Replay ? ReplyExt.ReplayId(data) : null, _options.Json);
        if (!_acknowledges)
        {
            return _table.DeliverAsync(delivered, _stop);
        }

        // Under acknowledgement a batch counts when the connect's reply that ends it is there.
        lock (_held)
        {
            _held.Add(delivered);
            return _held.Count <= MostHeld ? ValueTask.CompletedTask : throw new InvalidDataException("The server sends messages without end.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3001, LogLevel.Debug, "Session on {Transport}; acknowledging: {Acknowledges}")]
        public static partial void Began(ILogger logger, string transport, bool acknowledges);

        [LoggerMessage(3002, LogLevel.Information, "Connection lost: {Reason}")]
        public static partial void Lost(ILogger logger, string reason);

        [LoggerMessage(3003, LogLevel.Information, "The server does not know the session any more: {Error}")]
        public static partial void Unknown(ILogger logger, string? error);

        [LoggerMessage(3004, LogLevel.Error, "Closed: {Reason}")]
        public static partial void Closed(ILogger logger, string reason);
    }
}
