using Tidings.Gateway.Hosting;

namespace Tidings.Gateway.Personium;

/// <summary>
/// Pings a topic's socket from its beginning on, whether it has shown a token or not (Personium, "Web Socket Spec Details"), and gives it up when
/// too many pings stay unanswered.
/// </summary>
internal sealed class TopicPings : IDisposable
{
    private readonly PingStream _stream;
    private readonly TopicSocket _socket;
    private readonly int _most;
    private readonly ITimer _timer;

    public TopicPings(PingStream stream, TopicSocket socket, PersoniumOptions options, TimeProvider time)
    {
        (_stream, _socket, _most) = (stream, socket, options.UnansweredPings);
        _timer = time.CreateTimer(static self => ((TopicPings)self!).Ping(), this, options.PingEvery, options.PingEvery);
    }

    public void Dispose() => _timer.Dispose();

    private void Ping()
    {
        if (_stream.Unanswered >= _most)
        {
            _socket.Unanswered();
        }
        else if (!_socket.IsClosing)
        {
            _ = _stream.PingAsync();
        }
    }
}
