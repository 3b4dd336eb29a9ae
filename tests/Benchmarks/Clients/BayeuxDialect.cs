using System.Net;
using Tidings.Benchmarks.Load;
using Tidings.Benchmarks.Wire;

namespace Tidings.Benchmarks.Clients;

/// <summary>Bayeux at the path <c>/cometd</c>, and SmartREST beside it.</summary>
/// <param name="credentials">What clients log in with; null: nothing.</param>
internal sealed class BayeuxDialect(Credentials? credentials = null) : IDialect
{
    const string Path = "/cometd";

    string Ext => credentials?.NextExt() ?? "";

    public Connection WebSocketSubscriber(EventLoop loop, IPEndPoint server, int channel, Subscriber subscriber) =>
        WebSocket(loop, server, new BayeuxConversation("websocket", NameOf(channel), subscriber, ext: Ext));

    public Connection LongPollSubscriber(EventLoop loop, IPEndPoint server, int channel, Subscriber subscriber) =>
        new(loop, server, new HttpFraming(server, Path), new BayeuxConversation("long-polling", NameOf(channel), subscriber, ext: Ext));

    public Connection SmartRestSubscriber(EventLoop loop, IPEndPoint server, int channel, Subscriber subscriber) => new(
        loop, server, new HttpFraming(server, SmartRestConversation.Path, SmartRestConversation.Header), new SmartRestConversation(NameOf(channel), subscriber));

    public Task PrepareAsync(IPEndPoint server, Cast cast) => cast.SmartRest ? SmartRestConversation.RegisterAsync(server) : Task.CompletedTask;

    public (Connection, Publisher) Publisher(EventLoop loop, IPEndPoint server, int firstChannel, int channels)
    {
        var session = new BayeuxConversation("websocket", channel: null, subscriber: null, ext: Ext);
        var connection = WebSocket(loop, server, session);
        return (connection, new Publisher(connection, new BayeuxPublishEncoder(NameOf, session), firstChannel, channels));
    }

    public Connection Idle(EventLoop loop, IPEndPoint server, int channel) =>
        WebSocket(loop, server, new BayeuxConversation("websocket", NameOf(channel), subscriber: null, ext: Ext));

    public Connection Connecting(EventLoop loop, IPEndPoint server, int channel) =>
        WebSocket(loop, server, new BayeuxConversation("websocket", NameOf(channel), subscriber: null, Connects.Never, Ext));

    public Connection BetweenPolls(EventLoop loop, IPEndPoint server, int channel) =>
        new(loop, server, new HttpFraming(server, Path), new BayeuxConversation("long-polling", NameOf(channel), subscriber: null, Connects.Once, Ext));

    static Connection WebSocket(EventLoop loop, IPEndPoint server, BayeuxConversation conversation) =>
        new(loop, server, new WebSocketFraming(server, Path), conversation);

    static string NameOf(int channel) => channel == 0 ? "/bench/all" : $"/bench/{channel}";
}
