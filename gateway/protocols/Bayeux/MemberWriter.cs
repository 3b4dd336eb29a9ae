using System.Buffers;
using System.Buffers.Text;

namespace Tidings.Protocols.Bayeux;

/// <summary>Writes the members of one JSON object; what is null or empty is left out. Names come with quotes and colon.</summary>
internal ref struct MemberWriter(IBufferWriter<byte> output)
{
    private bool _isOpen;

    public void Raw(ReadOnlySpan<byte> name, ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty)
            return;
        Name(name);
        output.Write(json);
    }

    public void Text(ReadOnlySpan<byte> name, string? text)
    {
        if (text is null)
            return;
        Name(name);
        BayeuxText.WriteString(output, text);
    }

    public void Texts(ReadOnlySpan<byte> name, IReadOnlyList<string>? texts)
    {
        if (texts is null)
            return;
        Name(name);
        for (var i = 0; i < texts.Count; i++)
        {
            output.Write(i == 0 ? "["u8 : ","u8);
            BayeuxText.WriteString(output, texts[i]);
        }

        output.Write(texts.Count == 0 ? "[]"u8 : "]"u8);
    }

    public void Flag(ReadOnlySpan<byte> name, bool? flag)
    {
        if (flag is { } value)
            Raw(name, value ? "true"u8 : "false"u8);
    }

    public void Number(ReadOnlySpan<byte> name, long? number)
    {
        if (number is not { } value)
            return;
        Name(name);
        Utf8Formatter.TryFormat(value, output.GetSpan(20), out var written);
        output.Advance(written);
    }

    public void Advice(BayeuxAdvice? advice)
    {
        if (advice is null)
            return;
        Name("\"advice\":"u8);
        var members = new MemberWriter(output);
        members.Text("\"reconnect\":"u8, advice.Reconnect);
        members.Number("\"interval\":"u8, advice.Interval);
        members.Number("\"timeout\":"u8, advice.Timeout);
        members.Number("\"maxInterval\":"u8, advice.MaxInterval);
        members.Texts("\"hosts\":"u8, advice.Hosts);
        members.Flag("\"multiple-clients\":"u8, advice.MultipleClients);
        members.End();
    }

    public readonly void End() => output.Write(_isOpen ? "}"u8 : "{}"u8);

    private void Name(ReadOnlySpan<byte> name)
    {
        output.Write(_isOpen ? ","u8 : "{"u8);
        output.Write(name);
        _isOpen = true;
    }
}
