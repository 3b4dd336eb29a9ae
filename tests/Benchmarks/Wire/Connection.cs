using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tidings.Benchmarks.Wire;

/// <summary>A raw socket that carries one conversation in one framing.</summary>
internal sealed class Connection(EventLoop loop, IPEndPoint server, IFraming framing, IConversation conversation)
{
    readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    readonly Outbox _outbox = new();
    readonly Inbox _inbox = new();
    Action<Connection>? _ready;
    volatile string? _failure;
    bool _closed;

    /// <summary>The socket's file descriptor, 0 before <see cref="Open"/>.</summary>
    public int Descriptor { get; private set; }

    /// <summary>Why the connection ended before its time, or null.</summary>
    public string? Failure => _failure;

    /// <summary>Connects and begins; <paramref name="ready"/> is called on the loop's thread when the client is set up or has failed.</summary>
    public void Open(IPAddress source, Action<Connection> ready)
    {
        _ready = ready;
        try
        {
            if (!source.Equals(IPAddress.Loopback))
                _socket.Bind(new IPEndPoint(source, 0));
            _socket.Connect(server);
            _socket.Blocking = false;
            Descriptor = (int)_socket.Handle;
            loop.Add(this);
            Begin();
        }
        catch (SocketException failure)
        {
            Fail($"cannot connect to {server}: {failure.Message}");
        }
    }

    /// <summary>Sends bytes that are framed already; from any thread.</summary>
    public void Send(ReadOnlySpan<byte> bytes) => _outbox.Send(_socket, bytes);

    /// <summary>Tries to send what waits; true when nothing waits any more.</summary>
    public bool Flush() => _outbox.Flush(_socket);

    /// <summary>Reads once. Called on the loop's thread when the socket is readable.</summary>
    public void Read(byte[] shared)
    {
        var received = _inbox.Receive(_socket, shared, out var error);
        if (error is SocketError.WouldBlock)
            return;
        if (received.IsEmpty)
            Fail(error == SocketError.Success ? "the server closed the connection" : $"the connection broke: {error}");
        else
            _inbox.Keep(Consume(received, Clock.Now));
    }

    /// <summary>Ends the connection, with the conversation's farewell when <paramref name="politely"/>. Called on the loop's thread.</summary>
    public void Close(bool politely = false)
    {
        if (_closed)
            return;
        if (politely && conversation.Farewell() is { } farewell)
            Send(framing.Wrap(farewell));
        _closed = true;
        loop.Remove(this);
        _socket.Dispose();
    }

    void Begin()
    {
        if (framing.Preamble.IsEmpty)
            Consume([], Clock.Now);
        else
            Send(framing.Preamble.Span);
    }

    /// <summary>Handles every complete unit and returns the unfinished rest.</summary>
    Span<byte> Consume(Span<byte> received, long now)
    {
        while (!_closed)
        {
            var unit = framing.Next(received);
            if (unit.Kind == UnitKind.Incomplete)
                return received;
            Handle(unit.Kind, received.Slice(unit.TextStart, unit.TextLength), now);
            received = received[unit.Length..];
        }
        return [];
    }

    void Handle(UnitKind kind, ReadOnlySpan<byte> text, long now)
    {
        switch (kind)
        {
            case UnitKind.Opened:
                Say(conversation.Open());
                break;
            case UnitKind.Text:
                Say(conversation.Hear(text, now));
                break;
            case UnitKind.Ping:
                Send(WebSocketFraming.PongFrame(text));
                break;
            case UnitKind.Failed:
                Fail("the server ended the connection: " + Encoding.UTF8.GetString(text[..Math.Min(200, text.Length)]));
                break;
        }
    }

    void Say(byte[]? text)
    {
        if (conversation.Failure is { } failure)
        {
            Fail(failure);
            return;
        }
        if (text is not null)
            Send(framing.Wrap(text));
        if (conversation.IsReady)
            TellReady();
    }

    void Fail(string failure)
    {
        _failure = failure;
        Close();
        TellReady();
    }

    void TellReady()
    {
        var ready = _ready;
        _ready = null;
        ready?.Invoke(this);
    }
}
