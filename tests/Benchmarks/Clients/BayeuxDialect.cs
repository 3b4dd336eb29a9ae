using System.Net;
using Tidings.Benchmarks.Load;
using Tidings.Benchmarks.Wire;

namespace Tidings.Benchmarks.Clients;

/// <summary>Bayeux at the path <c>/cometd</c>, and SmartREST beside it.</summary>
internal sealed class BayeuxDialect : IDialect
{
    const string Path = "/cometd";

    public Connection WebSocketSubscriber(EventLoop loop, IPEndPoint server, int channel, Subscriber subscriber) =>
        WebSocket(loop, server, new BayeuxConversation("websocket", NameOf(channel), subscriber));

    public Connection LongPollSubscriber(EventLoop loop, IPEndPoint server, int channel, Subscriber subscriber) =>
        new(loop, server, new HttpFraming(server, Path), new BayeuxConversation("long-polling", NameOf(channel), subscriber));

    public Connection SmartRestSubscriber(EventLoop loop, IPEndPoint server, int channel, Subscriber subscriber) => new(
        loop, server, new HttpFraming(server, SmartRestConversation.Path, SmartRestConversation.Header), new SmartRestConversation(NameOf(channel), subscriber));

    public Task PrepareAsync(IPEndPoint server, Cast cast) => cast.SmartRest ? SmartRestConversation.RegisterAsync(server) : Task.CompletedTask;

    public (Connection, Publisher) Publisher(EventLoop loop, IPEndPoint server, int firstChannel, int channels)
    {
        var session = new BayeuxConversation("websocket", channel: null, subscriber: null);
        var connection = WebSocket(loop, server, session);
        return (connection, new Publisher(connection, new BayeuxPublishEncoder(NameOf, session), firstChannel, channels));
    }

    public Connection Idle(EventLoop loop, IPEndPoint server, int channel) =>
        WebSocket(loop, server, new BayeuxConversation("websocket", NameOf(channel), subscriber: null));

    public Connection Connecting(EventLoop loop, IPEndPoint server, int channel) =>
        WebSocket(loop, server, new BayeuxConversation("websocket", NameOf(channel), subscriber: null, Connects.Never));

    public Connection BetweenPolls(EventLoop loop, IPEndPoint server, int channel) =>
        new(loop, server, new HttpFraming(server, Path), new BayeuxConversation("long-polling", NameOf(channel), subscriber: null, Connects.Once));

    static Connection WebSocket(EventLoop loop, IPEndPoint server, BayeuxConversation conversation) =>
        new(loop, server, new WebSocketFraming(server, Path), conversation);

    static string NameOf(int channel) => channel == 0 ? "/bench/all" : $"/bench/{channel}";
}
