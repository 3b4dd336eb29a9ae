using System.Buffers;
using System.Text;

namespace Tidings.Protocols.Tests;

/// <summary>Text to bytes and back.</summary>
internal static class Text
{
    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Of(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    public static string Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return Of(output.WrittenSpan);
    }
}
