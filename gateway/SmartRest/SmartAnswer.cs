using System.Buffers;
using Tidings.Protocols.SmartRest;

namespace Tidings.Gateway.SmartRest;

/// <summary>
/// The rows that answer a batch. Where it names several X-Ids, each group of rows is preceded by a row 87; error rows belong to the
/// group of the row they answer and are counted with it, so that clients that count and clients that go by the last 87 agree.
/// </summary>
internal sealed class SmartAnswer(bool namesSeveral)
{
    private readonly List<Group> _groups = [];

    /// <summary>Bytes of rows so far.</summary>
    public int Bytes => _groups.Sum(static group => group.Rows.WrittenCount);

    public void Add(string? xid, SmartError error)
    {
        var group = Of(xid);
        error.Write(group.Rows);
        group.Count++;
    }

    public void Add(string? xid, params ReadOnlySpan<string> fields)
    {
        var group = Of(xid);
        SmartRowWriter.WriteRow(group.Rows, fields);
        group.Count++;
    }

    public EvaluationResult Add(string? xid, TemplateSet set, ReadOnlySpan<byte> json, int line)
    {
        var group = Of(xid);
        var result = set.Evaluate(json, line, group.Rows);
        group.Count += result.Rows;
        return result;
    }

    public byte[] ToArray()
    {
        var output = new ArrayBufferWriter<byte>(Bytes + 64);
        foreach (var group in _groups.Where(static group => group.Count > 0))
        {
            if (namesSeveral)
            {
                RealtimeWriter.WriteGroup(output, group.Count, group.XId ?? "");
            }

            output.Write(group.Rows.WrittenSpan);
        }

        return output.WrittenSpan.ToArray();
    }

    private Group Of(string? xid)
    {
        if (_groups.Count == 0 || _groups[^1].XId != xid)
        {
            _groups.Add(new Group(xid));
        }

        return _groups[^1];
    }

    private sealed class Group(string? xid)
    {
        public string? XId => xid;

        public ArrayBufferWriter<byte> Rows { get; } = new(256);

        public int Count { get; set; }
    }
}
