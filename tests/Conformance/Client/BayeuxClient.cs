using System.Text.Json.Nodes;
using Tidings.Conformance.Wire;

namespace Tidings.Conformance.Client;

/// <summary>A session on a wire. It does nothing by itself: each request is the case's.</summary>
sealed class BayeuxClient(CaseContext context, IBayeuxWire wire)
{
    Task<Exchange>? _held;

    public IBayeuxWire Wire => wire;

    /// <summary>The session's id, once there is one.</summary>
    public string Id { get; set; } = "";

    /// <summary>What was delivered until now.</summary>
    public IReadOnlyList<JsonObject> Deliveries => wire.Inbox.All;

    public async Task<JsonObject> HandshakeAsync(JsonObject? ext = null)
    {
        var reply = Expect.Success(await ReplyAsync(Messages.Handshake(wire.Transport, ext)));
        Id = reply["clientId"]?.GetValue<string>() ?? throw new ConformanceException($"no clientId: {reply.ToJsonString()}");
        return reply;
    }

    /// <summary>One connect; <paramref name="timeout"/> in milliseconds goes into its advice.</summary>
    public Task<JsonObject> ConnectAsync(double? timeout = null) => ReplyAsync(ConnectMessage(timeout));

    public Task<JsonObject> SubscribeAsync(params string[] channels) => ReplyAsync(Messages.Subscribe(Id, channels));

    public Task<JsonObject> UnsubscribeAsync(params string[] channels) => ReplyAsync(Messages.Unsubscribe(Id, channels));

    public Task<JsonObject> PublishAsync(string channel, JsonNode? data) => ReplyAsync(Messages.Publish(Id, channel, data));

    public Task<JsonObject> DisconnectAsync() => ReplyAsync(Messages.Disconnect(Id));

    public JsonObject ConnectMessage(double? timeout = null) => Messages.Connect(Id, wire.Transport, timeout);

    /// <summary>Starts a connect that the server may hold.</summary>
    public Task<Exchange> HoldAsync(double? timeout = null) => _held = SendAsync(ConnectMessage(timeout));

    /// <summary>Sends messages in one request.</summary>
    public Task<Exchange> SendAsync(params JsonObject[] messages) =>
        wire.ExchangeAsync(new JsonArray([.. messages.Select(message => message.DeepClone())]), context.Cancellation);

    /// <summary>Sends one message; its reply must come within the patience of the case.</summary>
    public async Task<JsonObject> ReplyAsync(JsonObject message) =>
        (await context.WithinAsync(context.Patience, SendAsync(message), $"the reply to {message.ToJsonString()}")).ReplyTo(message);

    /// <summary>Connects again and again until the deliveries satisfy the condition.</summary>
    public async Task<IReadOnlyList<JsonObject>> ReceiveAsync(Func<IReadOnlyList<JsonObject>, bool> enough, string what)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.Cancellation);
        patience.CancelAfter(context.Patience);
        var arrived = wire.Inbox.WhenAsync(enough, patience.Token);
        while (!arrived.IsCompleted)
        {
            var connect = _held is { IsCompleted: false } held ? held : HoldAsync();
            if (await Task.WhenAny(connect, arrived) == connect && !arrived.IsCompleted)
                CheckConnect(await connect);
        }

        if (!arrived.IsCompletedSuccessfully)
            throw new ConformanceException($"not received: {what}; received: {new JsonArray([.. Deliveries.Select(node => node.DeepClone())]).ToJsonString()}");
        return Deliveries;
    }

    /// <summary>Waits for a message on the channel without asking for it.</summary>
    public async Task<JsonObject> ArrivesAsync(string channel)
    {
        await wire.Inbox.WhenAsync(all => all.Any(message => (string?)message["channel"] == channel), context.Cancellation);
        return Deliveries.First(message => (string?)message["channel"] == channel);
    }

    /// <summary>Receives until a message on the channel arrives.</summary>
    public Task<IReadOnlyList<JsonObject>> ReceiveAsync(string channel) =>
        ReceiveAsync(all => all.Any(message => (string?)message["channel"] == channel), $"a message on {channel}");

    /// <summary>
    /// Everything delivered until a message published now has arrived and the queue is empty, without that message.
    /// The client must be subscribed to the marker channel.
    /// </summary>
    public async Task<IReadOnlyList<JsonObject>> ReceiveUpToMarkerAsync(BayeuxClient publisher)
    {
        var marker = context.Channel(Marker);
        Expect.Success(await publisher.PublishAsync(marker, "marker"));
        await ReceiveAsync(marker);
        await SettleAsync();
        return [.. Deliveries.Where(message => (string?)message["channel"] != marker)];
    }

    /// <summary>The channel, inside the case, of markers.</summary>
    public const string Marker = "marker";

    /// <summary>One exchange more, then an empty connect unless one is held, so that what was on its way has arrived.</summary>
    async Task SettleAsync()
    {
        Expect.Success(await SubscribeAsync(context.Channel("settle")));
        if (_held is not { IsCompleted: false })
            Expect.Success(await ConnectAsync(timeout: 0));
    }

    static void CheckConnect(Exchange exchange)
    {
        Expect.That(!exchange.Refused, $"a connect was refused: {exchange}");
        foreach (var reply in exchange.Replies)
            Expect.Success(reply);
    }
}
