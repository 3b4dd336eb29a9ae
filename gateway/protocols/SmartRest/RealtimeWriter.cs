using System.Buffers;
using System.Diagnostics;

namespace Tidings.Protocols.SmartRest;

/// <summary>
/// Writes the rows of real-time responses, each ended by LF. Rows of notifications come from <see cref="TemplateSet.Evaluate"/>;
/// a response holds them first, then <c>88</c> and <c>86</c>.
/// </summary>
public static class RealtimeWriter
{
    /// <summary>The answer to a handshake: the session's id alone. Clients take any further value or row for a failure.</summary>
    public static void WriteClientId(IBufferWriter<byte> output, string clientId) => SmartRowWriter.WriteRow(output, clientId);

    /// <summary><c>86,timeout,interval,policy</c>, with an empty line number after the 86 in the live format.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The format is not resolved.</exception>
    public static void WriteAdvice(IBufferWriter<byte> output, RealtimeAdvice advice, RealtimeFormat format)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)format, (int)RealtimeFormat.Auto, nameof(format));
        output.Write(format == RealtimeFormat.Live ? "86,,"u8 : "86,"u8);
        if (advice.Timeout is { } timeout)
            SmartRowWriter.WriteNumber(output, timeout);
        output.Write(","u8);
        if (advice.Interval is { } interval)
            SmartRowWriter.WriteNumber(output, interval);
        output.Write(","u8);
        output.Write(Name(advice.Policy));
        output.Write("\n"u8);
    }

    /// <summary><c>87,rows,X-Id</c>: which set the rows after it come from. Only where a response may hold rows of several.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="rows">How many rows follow from it; groups without rows are left out.</param>
    /// <param name="xid">The X-Id as the client wrote it.</param>
    public static void WriteGroup(IBufferWriter<byte> output, int rows, string xid)
    {
        output.Write("87,"u8);
        SmartRowWriter.WriteNumber(output, rows);
        output.Write(","u8);
        SmartRowWriter.WriteField(output, xid);
        output.Write("\n"u8);
    }

    /// <summary><c>88,batch</c>: the number to acknowledge with the next connect. In reliable sessions only, from 1.</summary>
    public static void WriteBatch(IBufferWriter<byte> output, long batch)
    {
        output.Write("88,"u8);
        SmartRowWriter.WriteNumber(output, batch);
        output.Write("\n"u8);
    }

    private static ReadOnlySpan<byte> Name(ReconnectPolicy policy) => policy switch
    {
        ReconnectPolicy.Unsaid => ""u8,
        ReconnectPolicy.Retry => "retry"u8,
        ReconnectPolicy.Handshake => "handshake"u8,
        ReconnectPolicy.None => "none"u8,
        _ => throw new UnreachableException(),
    };
}
