using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tidings.Conformance.Sites;
using Tidings.Conformance.Wire;

namespace Tidings.Conformance.Client;

/// <summary>What a case works with: the server, the transport, channels of its own, and time.</summary>
sealed class CaseContext(Site site, BayeuxTarget target, Transport transport) : IAsyncDisposable
{
    readonly string _prefix = $"/t{RandomNumberGenerator.GetHexString(10, lowercase: true)}";
    readonly List<IAsyncDisposable> _opened = [];
    readonly CancellationTokenSource _deadline = new(target.Hold * 10 + TimeSpan.FromSeconds(15) + (target.Lifetime ?? TimeSpan.Zero));

    public Site Site => site;

    public BayeuxTarget Target => target;

    public Transport Transport => transport;

    /// <summary>Ends everything a case waits for when the case takes too long.</summary>
    public CancellationToken Cancellation => _deadline.Token;

    /// <summary>What is answered at once is answered within this time: well before a held connect would be.</summary>
    public TimeSpan Prompt => target.Hold / 2;

    /// <summary>What must come in the end has come after this time.</summary>
    public TimeSpan Patience => target.Hold * 2 + TimeSpan.FromSeconds(5);

    /// <summary>A channel that no other case uses.</summary>
    public string Channel(string path) => $"{_prefix}/{path}";

    /// <summary>A channel that no other case uses, right under one that the server treats in a way of its own.</summary>
    public string Under(string parent) => $"{parent}/{_prefix[1..]}";

    /// <summary>A new wire of the case's transport, with no session.</summary>
    public Task<IBayeuxWire> WireAsync() => WireAsync(transport);

    public async Task<IBayeuxWire> WireAsync(Transport kind, CookieContainer? cookies = null) => kind switch
    {
        Transport.LongPolling => Owned(new LongPollingWire(target.Endpoint, cookies)),
        Transport.CallbackPolling => Owned(new CallbackPollingWire(target.Endpoint, cookies)),
        _ => await SocketAsync(),
    };

    /// <summary>A new WebSocket.</summary>
    public async Task<WebSocketWire> SocketAsync(Action<System.Net.WebSockets.ClientWebSocketOptions>? configure = null) =>
        Owned(await WebSocketWire.OpenAsync(target.Endpoint, Cancellation, configure));

    /// <summary>A new long-polling wire, for requests of the case's own making.</summary>
    public LongPollingWire Http() => Owned(new LongPollingWire(target.Endpoint));

    /// <summary>A client that has not done a handshake.</summary>
    public async Task<BayeuxClient> ClientAsync() => new(this, await WireAsync());

    /// <summary>A client on a new wire, with the same cookies, that goes on with the session of another client.</summary>
    public async Task<BayeuxClient> ResumedAsync(BayeuxClient client) =>
        new(this, await WireAsync(transport, (client.Wire as HttpWire)?.Cookies)) { Id = client.Id };

    /// <summary>A client that knows a client id and nothing else.</summary>
    public async Task<BayeuxClient> StrangerAsync(string clientId = "nobody0123456789abcdef") => new(this, await WireAsync()) { Id = clientId };

    /// <summary>A client with a session, before its first connect.</summary>
    public async Task<BayeuxClient> HandshakenAsync(JsonObject? ext = null)
    {
        var client = await ClientAsync();
        await client.HandshakeAsync(ext);
        return client;
    }

    /// <summary>A client with a session that has connected once, so that the next connect is held.</summary>
    public async Task<BayeuxClient> ConnectedAsync()
    {
        var client = await HandshakenAsync();
        Expect.Success(await client.ConnectAsync(timeout: 0));
        return client;
    }

    /// <summary>A connected client with subscriptions.</summary>
    public async Task<BayeuxClient> SubscribedAsync(params string[] channels)
    {
        var client = await ConnectedAsync();
        Expect.Success(await client.SubscribeAsync(channels));
        return client;
    }

    /// <summary>
    /// A client's connect, held: nothing orders two requests of a client over HTTP, so what is sent next could overtake it, were it not for the
    /// exchanges of another session and the time that the server's own clock lets pass meanwhile.
    /// </summary>
    public async Task<Task<Exchange>> HeldAsync(BayeuxClient client)
    {
        var held = client.HoldAsync();
        await PassAsync(target.Hold / 4);
        Expect.That(!held.IsCompleted, "the connect was not held");
        return held;
    }

    /// <summary>The task's result, which must come within the time.</summary>
    public async Task<T> WithinAsync<T>(TimeSpan time, Task<T> task, string what)
    {
        try
        {
            return await task.WaitAsync(time, Cancellation);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            throw new ConformanceException($"not within {time.TotalMilliseconds:F0} ms: {what}");
        }
    }

    /// <summary>Lets time pass by the server's own clock: the connects of another session, held one after the other.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        var clock = new BayeuxClient(this, await WireAsync(Transport.LongPolling));
        await clock.HandshakeAsync();
        await clock.ConnectAsync(timeout: 0);
        var passed = Stopwatch.StartNew();
        while (passed.Elapsed < time)
        {
            var left = (time - passed.Elapsed).TotalMilliseconds + 1;
            Expect.Success(await clock.ConnectAsync(Math.Min(left, target.Hold.TotalMilliseconds)));
        }
    }

    /// <summary>Lets a session that does not connect come to its end.</summary>
    public Task PassLifetimeAsync() => PassAsync(target.Lifetime!.Value + TimeSpan.FromSeconds(1));

    public T Owned<T>(T opened) where T : IAsyncDisposable
    {
        lock (_opened)
            _opened.Add(opened);
        return opened;
    }

    public async ValueTask DisposeAsync()
    {
        await _deadline.CancelAsync();
        foreach (var opened in _opened)
            await opened.DisposeAsync();
        _deadline.Dispose();
    }
}
