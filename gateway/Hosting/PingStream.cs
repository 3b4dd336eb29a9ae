namespace Tidings.Gateway.Hosting;

/// <summary>
/// The bytes below a WebSocket, with pings among them. The framework's keep-alive sends no further ping while one stays unanswered, and then cuts
/// the connection; protocols that count unanswered pings and close politely need pings of their own.
/// </summary>
/// <param name="inner">The connection. The framework writes each frame whole, so that a ping may go before and after any write.</param>
internal sealed class PingStream(Stream inner) : Stream
{
    /// <summary>A ping of the server, which is not masked, with three bytes to be sent back (RFC 6455, section 5.5.2).</summary>
    private static readonly byte[] Ping = [0x89, 3, 1, 2, 3];

    private readonly FrameHeads _heads = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private int _unanswered;

    /// <summary>Pings sent since the client last answered one. An answer counts for all before it (RFC 6455, section 5.5.3).</summary>
    public int Unanswered => Volatile.Read(ref _unanswered);

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Sends a ping, unless something is being written; that counts as a ping, too, as its client would not see one before.</summary>
    public async Task PingAsync()
    {
        Interlocked.Increment(ref _unanswered);
        if (!_writing.Wait(0))
        {
            return;
        }

        try
        {
            await inner.WriteAsync(Ping);
            await inner.FlushAsync();
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The connection is gone, as its reader is told.
        }
        finally
        {
            _writing.Release();
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        if (_heads.HasPong(buffer.Span[..count]))
        {
            Volatile.Write(ref _unanswered, 0);
        }

        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await inner.WriteAsync(buffer, cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await inner.FlushAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
