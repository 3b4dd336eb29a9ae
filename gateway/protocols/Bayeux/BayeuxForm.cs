using System.Buffers;

namespace Tidings.Protocols.Bayeux;

/// <summary>
/// The form that some clients post instead of JSON: <c>message=…</c>, percent-encoded (WHATWG URL, urlencoded parsing).
/// </summary>
public static class BayeuxForm
{
    /// <summary>Finds the JSON of every field named <c>message</c>; other fields are passed over.</summary>
    /// <param name="form">The body or the query, without a question mark in front.</param>
    /// <param name="maxMessages">The most fields of that name.</param>
    /// <param name="messages">The values in order; one without escapes is a slice of the form.</param>
    /// <returns>False if there is no such field, too many, or a percent sign without two hexadecimal digits.</returns>
    public static bool TryReadMessages(ReadOnlyMemory<byte> form, int maxMessages, out IReadOnlyList<ReadOnlyMemory<byte>> messages)
    {
        var found = new List<ReadOnlyMemory<byte>>(1);
        messages = found;
        while (!form.IsEmpty)
        {
            var end = form.Span.IndexOf((byte)'&');
            var field = end < 0 ? form : form[..end];
            form = end < 0 ? default : form[(end + 1)..];
            if (!TryReadField(field, found) || found.Count > maxMessages)
                return false;
        }

        return found.Count > 0;
    }

    private static bool TryReadField(ReadOnlyMemory<byte> field, List<ReadOnlyMemory<byte>> found)
    {
        var equals = field.Span.IndexOf((byte)'=');
        if (equals < 0)
            return true;
        if (!TryDecode(field[..equals], out var name))
            return false;
        if (!name.Span.SequenceEqual("message"u8))
            return true;
        if (!TryDecode(field[(equals + 1)..], out var value))
            return false;
        found.Add(value);
        return true;
    }

    private static bool TryDecode(ReadOnlyMemory<byte> encoded, out ReadOnlyMemory<byte> decoded)
    {
        decoded = encoded;
        if (encoded.Span.IndexOfAny((byte)'%', (byte)'+') < 0)
            return true;

        var bytes = encoded.ToArray();
        var isValid = TryDecode(bytes, out var length);
        decoded = bytes.AsMemory(0, length);
        return isValid;
    }

    // In place: what is decoded is never longer than what it came from.
    private static bool TryDecode(Span<byte> bytes, out int length)
    {
        length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            var value = bytes[i] == '+' ? (byte)' ' : bytes[i];
            if (value == '%')
            {
                if (i + 2 >= bytes.Length || !TryDecodeHex(bytes.Slice(i + 1, 2), bytes[length++..]))
                    return false;
                i += 2;
                continue;
            }

            bytes[length++] = value;
        }

        return true;
    }

    private static bool TryDecodeHex(ReadOnlySpan<byte> digits, Span<byte> value) =>
        Convert.FromHexString(digits, value, out _, out _) == OperationStatus.Done;
}
