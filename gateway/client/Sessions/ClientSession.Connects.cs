using Tidings.Client.Transports;
using Tidings.Protocols.Bayeux;

namespace Tidings.Client.Sessions;

/// <summary>The session's own messages: handshake and connects.</summary>
internal sealed partial class ClientSession
{
    private async Task HandshakeAsync(Link link)
    {
        var credentials = await _credentials.GetAsync(_stop);
        string[] types = [.. new[] { SocketWire.Name, PollWire.Name }.Where(IsAllowed)];
        var reply = await link.AskAsync(Requests.Handshake(types, _options.Acknowledge, _options.Replay, credentials), _options.ReplyTimeout, _stop);
        if (reply is not { Successful: true, ClientId: { } clientId })
        {
            throw Refused(reply);
        }

        _credentials.Accepted();
        (_told, _batch) = (credentials, 0);
        _acknowledges = _options.Acknowledge && ReplyExt.Agrees(reply, "ack"u8);
        _advices.Take(reply.Advice);
        _clientId = clientId;
        Log.Began(_logger, link.ConnectionType, _acknowledges);
        if (link.ConnectionType == SocketWire.Name && reply.SupportedConnectionTypes?.Contains(SocketWire.Name) == false && IsAllowed(PollWire.Name))
        {
            _connector.AvoidSockets("The server does not offer them.");
            throw new LinkLostException("Changing to long-polling");
        }
    }

    private bool IsAllowed(string transport) =>
        _options.Transports.HasFlag(transport == SocketWire.Name ? TidingsTransports.WebSocket : TidingsTransports.LongPolling);

    /// <summary>A handshake was refused: what the server advises, or new credentials where it was for those.</summary>
    private LinkLostException Refused(BayeuxMessage reply)
    {
        var error = reply.Error ?? "The handshake was refused.";
        var forCredentials = TidingsException.CodeOf(error) is 401 or 403;
        Move(reply);
        if (forCredentials && reply.Advice?.Reconnect is null or "none")
        {
            Renew(error);
        }
        else if (Advices.IsNone(reply))
        {
            throw new TidingsClosedException(error);
        }

        return new LinkLostException(error) { RetryAfter = Advices.TimeOf(reply.Advice?.Interval) };
    }

    /// <summary>Keeps a connect going round until the server does not know the session.</summary>
    private async Task ConnectAsync(Link link, string clientId)
    {
        // The first answer shows that the way is good; it is wanted at once.
        var atOnce = true;
        while (true)
        {
            var credentials = await _credentials.GetAsync(_stop);
            var hold = atOnce ? TimeSpan.Zero : HoldUntilRenewal();
            var request = Requests.Connect(clientId, link.ConnectionType, hold, _acknowledges ? _batch : null, ReferenceEquals(credentials, _told) ? null : credentials);
            var reply = await link.AskAsync(request, (hold ?? _advices.Hold) + _options.ReplyTimeout, _stop);
            await TakeAsync(reply);
            if (reply.Successful == true)
            {
                atOnce = false;
                _told = credentials;
                _credentials.Accepted();
                _backoff.Reset();
                await Task.Delay(_advices.Interval, _options.Time, _stop);
            }
            else if (IsUnknown(reply))
            {
                Log.Unknown(_logger, reply.Error);
                await PauseAsync(reply);
                return;
            }
            else
            {
                atOnce = true;
                await PauseAsync(reply);
            }
        }
    }

    /// <summary>How long a connect may be held so that the next one brings new credentials in time; null if as long as the server likes.</summary>
    private TimeSpan? HoldUntilRenewal()
    {
        if (_credentials.RenewAt is not { } renewal || _options.Time.GetUtcNow() + _advices.Hold <= renewal)
        {
            return null;
        }

        // In whole milliseconds, and not a moment too early. A source that gives what has ended is not asked without a pause.
        var left = Math.Ceiling((renewal - _options.Time.GetUtcNow()).TotalMilliseconds);
        return left > 0 ? TimeSpan.FromMilliseconds(left) : TimeSpan.FromSeconds(1);
    }

    /// <summary>What came with a connect's reply. Waits for room where readers are slow: the next connect acknowledges it.</summary>
    private async Task TakeAsync(BayeuxMessage reply)
    {
        TidingsMessage[] arrived;
        lock (_held)
        {
            arrived = [.. _held];
            _held.Clear();
        }

        foreach (var message in arrived)
        {
            await _table.DeliverAsync(message, _stop);
        }

        _batch = ReplyExt.Batch(reply) ?? _batch;
        foreach (var gap in ReplyExt.Gaps(reply))
        {
            _gap(gap);
        }

        _advices.Take(reply.Advice);
        if (Advices.IsNone(reply))
        {
            throw new TidingsClosedException(reply.Error ?? "The server ended the session.");
        }

        Move(reply);
    }

    /// <summary>The server named other hosts (Bayeux specification, "advice"): the session begins anew there.</summary>
    private void Move(BayeuxMessage reply)
    {
        if (_connector.Endpoints.Advise(reply.Advice?.Hosts))
        {
            _clientId = null;
            throw new LinkLostException($"Moving to {_connector.Endpoints.Current}, as the server advised");
        }
    }

    /// <summary>Whether the session is to begin anew: as advised, or by the error's code, 402 of CometD and 401 of Faye.</summary>
    private static bool IsUnknown(BayeuxMessage reply) =>
        Advices.IsHandshake(reply) || (reply.Advice?.Reconnect is null && TidingsException.CodeOf(reply.Error) is 402 or 401);

    private Task PauseAsync(BayeuxMessage reply) =>
        reply.Advice?.Interval == 0 && IsUnknown(reply) ? Task.CompletedTask : _backoff.PauseAsync(Advices.TimeOf(reply.Advice?.Interval) ?? TimeSpan.Zero, _stop);
}
