using System.Net;
using Tidings.Benchmarks.Load;
using Tidings.Benchmarks.Wire;

namespace Tidings.Benchmarks.Clients;

/// <summary>How a target is spoken to. Channels have numbers: 0 is the broadcast channel, the others have one subscriber each.</summary>
internal interface IDialect
{
    /// <summary>A WebSocket client subscribed to a channel.</summary>
    Connection WebSocketSubscriber(EventLoop loop, IPEndPoint server, int channel, Subscriber subscriber);

    /// <summary>A long-polling client subscribed to a channel.</summary>
    Connection LongPollSubscriber(EventLoop loop, IPEndPoint server, int channel, Subscriber subscriber);

    /// <summary>A SmartREST poller subscribed to a channel, with two templates of which one matches.</summary>
    Connection SmartRestSubscriber(EventLoop loop, IPEndPoint server, int channel, Subscriber subscriber) =>
        throw new BenchmarkException("the server speaks no SmartREST");

    /// <summary>Makes ready what clients of a cast need at a server that has just started.</summary>
    Task PrepareAsync(IPEndPoint server, Cast cast) => Task.CompletedTask;

    /// <summary>A WebSocket client that publishes to <paramref name="channels"/> channels from <paramref name="firstChannel"/> on.</summary>
    (Connection Connection, Publisher Publisher) Publisher(EventLoop loop, IPEndPoint server, int firstChannel, int channels);

    /// <summary>How many publishers serve a cast.</summary>
    int PublishersOf(Cast cast) => cast.Publishers;

    /// <summary>A WebSocket client that is subscribed and then silent.</summary>
    Connection Idle(EventLoop loop, IPEndPoint server, int channel);

    /// <summary>A long-polling client that is subscribed, was answered a connect and has not sent the next one.</summary>
    Connection BetweenPolls(EventLoop loop, IPEndPoint server, int channel) => throw new BenchmarkException("the server has no long-polling");

    /// <summary>A WebSocket client that is ready after connect, handshake and subscribe, or as many round trips.</summary>
    Connection Connecting(EventLoop loop, IPEndPoint server, int channel);
}
