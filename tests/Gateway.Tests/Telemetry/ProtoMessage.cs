using System.Text;

namespace Tidings.Gateway.Tests.Telemetry;

/// <summary>A message of Protocol Buffers' wire format (protobuf.dev, "Encoding"), read without its schema: fields by number.</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Number, ulong Value, byte[] Bytes)> _fields = [];

    public ProtoMessage(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            var key = Varint(ref data);
            var number = (int)(key >> 3);
            switch (key & 7)
            {
                case 0:
                    _fields.Add((number, Varint(ref data), []));
                    break;
                case 1:
                    _fields.Add((number, BitConverter.ToUInt64(data), []));
                    data = data[8..];
                    break;
                case 2:
                    var length = (int)Varint(ref data);
                    _fields.Add((number, 0, data[..length].ToArray()));
                    data = data[length..];
                    break;
                case 5:
                    _fields.Add((number, BitConverter.ToUInt32(data), []));
                    data = data[4..];
                    break;
                default:
                    throw new InvalidDataException($"Field {number} has an unknown wire type.");
            }
        }
    }

    public IEnumerable<ProtoMessage> Messages(int number) => Of(number).Select(static field => new ProtoMessage(field.Bytes));

    public ProtoMessage? Message(int number) => Messages(number).FirstOrDefault();

    public string Text(int number) => Encoding.UTF8.GetString(Bytes(number));

    public byte[] Bytes(int number) => Of(number).Select(static field => field.Bytes).FirstOrDefault([]);

    public ulong Number(int number) => Of(number).Select(static field => field.Value).FirstOrDefault();

    private IEnumerable<(int Number, ulong Value, byte[] Bytes)> Of(int number) => _fields.Where(field => field.Number == number);

    private static ulong Varint(ref ReadOnlySpan<byte> data)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = data[0];
            data = data[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
