using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Clients;

/// <summary>
/// A client as stock ones behave: it keeps a connect going round, comes back after every cut with the same clientId, and makes a new
/// session only when it is told that its own is unknown.
/// </summary>
sealed class BayeuxClient(SessionKind kind, IReadOnlyList<string> patterns, Uri endpoint, SessionLog log)
{
    /// <summary>How long an answer may take beyond the time the server holds it.</summary>
    static readonly TimeSpan NetworkDelay = TimeSpan.FromSeconds(5);

    readonly Requests _requests = new(kind.Transport);
    readonly Extensions _extensions = new(kind, patterns, log);
    TimeSpan _held = TimeSpan.FromSeconds(30);
    volatile string? _clientId;
    volatile Link? _link;
    string? _publicId;
    bool _isSubscribed;
    bool _hasSession;
    int _connection;
    int _failures;

    /// <summary>Runs until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var stopping = stop.Register(() => _link?.Wire.Cut(ConnectionEnd.Done));
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await Backoff.AfterAsync(_failures++, stop);
                await UseConnectionAsync(stop);
            }
            catch (Exception end) when (end is LinkLostException or OperationCanceledException)
            {
                // Again, with a new connection; how this one ended is written down.
                log.LastEnd = end.Message;
            }
        }
    }

    /// <summary>Cuts the connection, as a network does. The client comes back.</summary>
    public void Cut() => _link?.Wire.Cut(ConnectionEnd.Cut);

    /// <summary>Publishes once.</summary>
    /// <returns>Whether the server said that it has stored the message; otherwise the outcome is unknown.</returns>
    public async Task<bool> TryPublishAsync(string channel, string id, JsonObject data, TimeSpan patience)
    {
        if (_link is not { } link || _clientId is not { } clientId)
            return false;
        try
        {
            var message = new JsonObject { ["id"] = id, ["channel"] = channel, ["clientId"] = clientId, ["data"] = data };
            return IsSuccessful(await link.AskAsync(message, patience));
        }
        catch (LinkLostException)
        {
            return false;
        }
    }

    async Task UseConnectionAsync(CancellationToken stop)
    {
        var opened = log.Now;
        _connection++;
        await using var link = await Link.OpenAsync(OpenAsync, Receive);
        _link = link;
        try
        {
            stop.ThrowIfCancellationRequested();
            while (true)
                await ServeAsync(link, stop);
        }
        finally
        {
            _link = null;
            var end = link.Wire.Ended.IsCompleted ? await link.Wire.Ended : ConnectionEnd.Done;
            log.Close(new Connection(_connection, link.Wire.Gateway, opened, log.Now, end, _publicId));
            _isSubscribed &= !kind.Replays;
            if (kind.Assurance == Assurance.ReplayAnew)
                _clientId = null;
        }
    }

    /// <summary>One session on one connection, until the session is unknown.</summary>
    async Task ServeAsync(Link link, CancellationToken stop)
    {
        if (_clientId is null)
            await HandshakeAsync(link);
        if (!_isSubscribed && patterns.Count > 0)
            await SubscribeAsync(link);
        var atOnce = true;
        while (_clientId is { } clientId)
        {
            var reply = await AskAsync(link, _requests.Connect(clientId, atOnce, _extensions.OfConnect()), atOnce ? TimeSpan.Zero : _held);
            atOnce = !IsSuccessful(reply);
            if (atOnce)
                await RefusedAsync("connect", reply, stop);
            else
                _failures = 0;
            if (Advice(reply, "interval") is > 0 and var interval)
                await Task.Delay(TimeSpan.FromMilliseconds(interval), stop);
        }
    }

    async Task HandshakeAsync(Link link)
    {
        var reply = await AskAsync(link, _requests.Handshake(_extensions.OfHandshake()), TimeSpan.Zero);
        if (!IsSuccessful(reply))
            throw Refused(link, reply);
        if (!_hasSession)
            _extensions.Check(reply);
        _hasSession = true;
        _isSubscribed = false;
        _extensions.Begin();
        _held = TimeSpan.FromMilliseconds(Advice(reply, "timeout") ?? _held.TotalMilliseconds);
        _clientId = reply.GetProperty("clientId").GetString()!;
        _publicId = PublicIdOf(_clientId);
    }

    async Task SubscribeAsync(Link link)
    {
        var reply = await AskAsync(link, _requests.Subscribe(_clientId!, patterns, _extensions.OfSubscribe()), TimeSpan.Zero);
        if (!IsSuccessful(reply))
        {
            Forget("subscribe", reply);
            throw Refused(link, reply);
        }
        _isSubscribed = true;
        log.Subscribe();
    }

    async Task RefusedAsync(string what, JsonElement reply, CancellationToken stop)
    {
        if (!Forget(what, reply))
            await Backoff.AfterAsync(++_failures, stop);
    }

    /// <summary>A session that the server does not know is lost; that is written down, and a new one made.</summary>
    bool Forget(string what, JsonElement reply)
    {
        var error = ErrorOf(reply);
        if (!error.StartsWith("402", StringComparison.Ordinal))
            return false;
        log.Lose($"{what}: {error}, over connection {_connection} of {_link?.Wire.Gateway}");
        _clientId = null;
        return true;
    }

    static Task<JsonElement> AskAsync(Link link, JsonObject request, TimeSpan held) => link.AskAsync(request, held + NetworkDelay);

    Task<Wire> OpenAsync(Action<JsonElement> arrived) => kind.Transport == SessionKind.WebSocket
        ? SocketWire.OpenAsync(endpoint, arrived)
        : PollWire.OpenAsync(endpoint, arrived);

    void Receive(JsonElement message) => _extensions.Receive(message, _connection);

    static LinkLostException Refused(Link link, JsonElement reply)
    {
        link.Wire.Cut(ConnectionEnd.Refused);
        return new LinkLostException(ErrorOf(reply));
    }

    /// <summary>What the servers call a session where its secret must not be shown.</summary>
    static string PublicIdOf(string clientId) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(clientId))[..16]);

    static bool IsSuccessful(JsonElement reply) =>
        reply.TryGetProperty("successful", out var successful) && successful.ValueKind == JsonValueKind.True;

    static string ErrorOf(JsonElement reply) => reply.TryGetProperty("error", out var error) ? error.ToString() : reply.GetRawText();

    static double? Advice(JsonElement reply, string name) =>
        reply.TryGetProperty("advice", out var advice) && advice.TryGetProperty(name, out var value) && value.TryGetDouble(out var number)
            ? number
            : null;
}
