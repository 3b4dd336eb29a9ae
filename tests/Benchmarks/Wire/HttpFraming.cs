using System.Buffers.Text;
using System.Net;
using System.Text;

namespace Tidings.Benchmarks.Wire;

/// <summary>HTTP/1.1 keep-alive, one POST at a time: each response's body is a text. Knows Content-Length and chunks.</summary>
internal sealed class HttpFraming(IPEndPoint server, string path, string headers = "") : IFraming
{
    bool _open;

    public ReadOnlyMemory<byte> Preamble => default;

    public byte[] Wrap(ReadOnlySpan<byte> text)
    {
        var head = $"POST {path} HTTP/1.1\r\nHost: {server}\r\n{headers}Content-Type: application/json\r\nContent-Length: {text.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. text];
    }

    public Unit Next(Span<byte> received)
    {
        if (!_open)
        {
            _open = true;
            return new Unit(UnitKind.Opened);
        }
        var end = received.IndexOf("\r\n\r\n"u8);
        return end < 0 ? Unit.Incomplete : NextBody(received, end);
    }

    static Unit NextBody(Span<byte> received, int end)
    {
        var head = received[..end];
        var start = end + 4;
        if (!head.StartsWith("HTTP/1.1 200"u8))
            return new Unit(UnitKind.Failed, received.Length, 0, end);
        var length = ContentLength(head, "Content-Length: "u8) ?? ContentLength(head, "content-length: "u8);
        if (length is null)
            return NextChunked(received, start);
        return received.Length < start + length ? Unit.Incomplete : new Unit(UnitKind.Text, start + length.Value, start, length.Value);
    }

    static int? ContentLength(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        var at = head.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(head[(at + name.Length)..], out int length, out _) ? length : null;
    }

    /// <summary>Finds the last chunk first, and only then joins all chunks at <paramref name="start"/>.</summary>
    static Unit NextChunked(Span<byte> received, int start)
    {
        if (WalkChunks(received, start, join: false, out _) < 0)
            return Unit.Incomplete;
        var length = WalkChunks(received, start, join: true, out var end);
        return new Unit(UnitKind.Text, end, start, length);
    }

    static int WalkChunks(Span<byte> received, int start, bool join, out int end)
    {
        var joined = 0;
        end = start;
        while (true)
        {
            var line = received[end..].IndexOf("\r\n"u8);
            if (line < 0 || !Utf8Parser.TryParse(received[end..], out int size, out _, 'x'))
                return -1;
            var chunk = end + line + 2;
            end = chunk + size + 2;
            if (received.Length < end)
                return -1;
            if (size == 0)
                return joined;
            if (join)
                received.Slice(chunk, size).CopyTo(received[(start + joined)..]);
            joined += size;
        }
    }
}
