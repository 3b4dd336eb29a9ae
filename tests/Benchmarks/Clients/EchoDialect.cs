using System.Net;
using Tidings.Benchmarks.Load;
using Tidings.Benchmarks.Wire;

namespace Tidings.Benchmarks.Clients;

/// <summary>
/// The bare server's echo as a subscription: every subscriber publishes to itself, on its own connection. So each message is read by
/// itself and written by itself, which a publisher of many channels on one connection spares the server.
/// </summary>
internal sealed class EchoDialect : IDialect
{
    readonly Dictionary<int, Connection> _subscribers = [];

    public Connection WebSocketSubscriber(EventLoop loop, IPEndPoint server, int channel, Subscriber subscriber) =>
        channel == 0
            ? throw new BenchmarkException("an echo reaches one subscriber only")
            : _subscribers[channel] = new Connection(loop, server, new WebSocketFraming(server, "/echo"), new BareListener(subscriber));

    public Connection LongPollSubscriber(EventLoop loop, IPEndPoint server, int channel, Subscriber subscriber) =>
        throw new BenchmarkException("the bare server has no long-polling");

    public int PublishersOf(Cast cast) => Math.Max(1, cast.Channels);

    public (Connection Connection, Publisher Publisher) Publisher(EventLoop loop, IPEndPoint server, int firstChannel, int channels)
    {
        var connection = _subscribers[firstChannel];
        return (connection, new Publisher(connection, new BarePublishEncoder(framesPerSend: 1), firstChannel, channels));
    }

    public Connection Idle(EventLoop loop, IPEndPoint server, int channel) => throw new BenchmarkException("an echo has channels only");

    public Connection Connecting(EventLoop loop, IPEndPoint server, int channel) => throw new BenchmarkException("an echo has channels only");
}
