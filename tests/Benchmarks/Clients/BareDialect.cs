using System.Net;
using Tidings.Benchmarks.Load;
using Tidings.Benchmarks.Wire;

namespace Tidings.Benchmarks.Clients;

/// <summary>The bare server's routes (<see cref="Targets.BareServer"/>); it has WebSockets only.</summary>
internal sealed class BareDialect(int framesPerSend) : IDialect
{
    // One for a handshake, one for a subscribe.
    const int RoundTrips = 2;

    public Connection WebSocketSubscriber(EventLoop loop, IPEndPoint server, int channel, Subscriber subscriber) =>
        WebSocket(loop, server, $"/subscribe/{channel}", new BareListener(subscriber));

    public Connection LongPollSubscriber(EventLoop loop, IPEndPoint server, int channel, Subscriber subscriber) =>
        throw new BenchmarkException("the bare server has no long-polling");

    public (Connection, Publisher) Publisher(EventLoop loop, IPEndPoint server, int firstChannel, int channels)
    {
        var connection = WebSocket(loop, server, "/publish", new BareListener(subscriber: null));
        return (connection, new Publisher(connection, new BarePublishEncoder(framesPerSend), firstChannel, channels));
    }

    public Connection Idle(EventLoop loop, IPEndPoint server, int channel) =>
        WebSocket(loop, server, "/idle", new BareListener(subscriber: null));

    public Connection Connecting(EventLoop loop, IPEndPoint server, int channel) =>
        WebSocket(loop, server, "/echo", new BareRoundTrips(RoundTrips));

    static Connection WebSocket(EventLoop loop, IPEndPoint server, string path, IConversation conversation) =>
        new(loop, server, new WebSocketFraming(server, path), conversation);
}
