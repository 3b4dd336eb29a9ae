using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace Tidings.Protocols.SmartRest;

/// <summary>
/// The response templates of a set, compiled: each base is looked up and walked once per value, whatever the number of templates
/// that share it.
/// </summary>
internal sealed class ResponsePlan
{
    private readonly SmartRestLimits _limits;
    private readonly PathTree _bases;
    private readonly BasePlan[] _plans;
    private readonly Row[] _rows;

    public ResponsePlan(IReadOnlyList<ResponseTemplate> templates, SmartRestLimits limits)
    {
        _limits = limits;
        var groups = templates.GroupBy(template => template.Base.Key).ToArray();
        _bases = new PathTree([.. groups.Select(group => group.First().Base)], limits.MaxJsonDepth);
        _plans = new BasePlan[groups.Length];
        var rows = new Dictionary<uint, Row>(templates.Count);
        for (var i = 0; i < groups.Length; i++)
        {
            var tree = new PathTree([.. groups[i].SelectMany(Paths)], limits.MaxJsonDepth);
            _plans[i] = new BasePlan(_bases.Slots[i], groups[i].First().Base.IsRoot, tree);
            AddRows(rows, i, groups[i], tree.Slots);
        }

        _rows = [.. templates.Select(template => rows[template.Id])];
    }

    /// <summary>Writes the rows that a value yields, in the order of the templates.</summary>
    public EvaluationResult Evaluate(ReadOnlySpan<byte> json, int? line, IBufferWriter<byte> output)
    {
        if (_rows.Length == 0)
            return default;
        if (!Utf8.IsValid(json)) // the JSON reader does not look at the bytes of strings it skips
            return new EvaluationResult(0, EvaluationStatus.Unreadable);
        using var cells = new CellTable(_plans.Length, _limits.MaxCells);
        try
        {
            Fill(json, cells);
        }
        catch (JsonException)
        {
            return new EvaluationResult(0, EvaluationStatus.Unreadable);
        }

        return Write(json, line, cells, output);
    }

    private static IEnumerable<JsonPath> Paths(ResponseTemplate template) =>
        template.Condition is { } condition ? template.Values.Prepend(condition) : template.Values;

    private static void AddRows(Dictionary<uint, Row> rows, int plan, IEnumerable<ResponseTemplate> templates, ReadOnlySpan<int> slots)
    {
        foreach (var template in templates)
        {
            var condition = -1;
            if (template.Condition is not null)
            {
                condition = slots[0];
                slots = slots[1..];
            }

            rows.Add(template.Id, new Row(template.Id, plan, condition, slots[..template.Values.Count].ToArray()));
            slots = slots[template.Values.Count..];
        }
    }

    private void Fill(ReadOnlySpan<byte> json, CellTable cells)
    {
        var isObject = json.TrimStart(" \t\r\n"u8) is [(byte)'{', ..];
        if (isObject && _plans is [{ IsRoot: true } only])
        {
            only.Tree.Walk(json, cells.Add(0, only.Tree.Size)); // the usual set: one walk does it all
            return;
        }

        var slots = ArrayPool<JsonSlice>.Shared.Rent(_bases.Size);
        var candidates = new List<JsonSlice>();
        try
        {
            _bases.Walk(json, slots.AsSpan(0, _bases.Size));
            for (var i = 0; i < _plans.Length && !cells.IsFull; i++)
            {
                candidates.Clear();
                if (slots[_plans[i].Slot] is { IsMissing: false } found)
                    FillBase(found.In(json), found.Start, i, candidates, cells);
            }
        }
        finally
        {
            ArrayPool<JsonSlice>.Shared.Return(slots);
        }
    }

    private void FillBase(ReadOnlySpan<byte> value, int start, int plan, List<JsonSlice> candidates, CellTable cells)
    {
        var tree = _plans[plan].Tree;
        tree.Candidates(value, _limits.MaxCells / tree.Size + 1, candidates);
        foreach (var candidate in candidates)
        {
            var row = cells.Add(plan, tree.Size);
            if (row.IsEmpty)
                return;
            tree.Walk(candidate.In(value), row);
            foreach (ref var cell in row)
                cell = cell.Within(start + candidate.Start);
        }
    }

    private EvaluationResult Write(ReadOnlySpan<byte> json, int? line, CellTable cells, IBufferWriter<byte> output)
    {
        var (written, bytes) = (0, 0L);
        foreach (var row in _rows)
        {
            for (var element = 0; element < cells.Count(row.Plan); element++)
            {
                var values = cells.Row(row.Plan, element);
                if (!row.Matches(json, values))
                    continue;
                bytes += row.MostBytes(values);
                if (written == _limits.MaxMatches || bytes > _limits.MaxOutputBytes)
                    return new EvaluationResult(written, EvaluationStatus.Truncated);
                row.Write(json, line, values, output);
                written++;
            }
        }

        return new EvaluationResult(written, cells.IsFull ? EvaluationStatus.Truncated : EvaluationStatus.Complete);
    }

    private readonly record struct BasePlan(int Slot, bool IsRoot, PathTree Tree);

    private sealed class Row(uint id, int plan, int condition, int[] values)
    {
        public int Plan => plan;

        public bool Matches(ReadOnlySpan<byte> json, ReadOnlySpan<JsonSlice> cells)
        {
            if (condition >= 0 && !cells[condition].Exists(json))
                return false;
            foreach (var value in values)
            {
                if (cells[value].IsMissing)
                    return false;
            }

            return true;
        }

        /// <summary>Never less than what is written: every character of a value may need a second one.</summary>
        public long MostBytes(ReadOnlySpan<JsonSlice> cells)
        {
            var bytes = 24L;
            foreach (var value in values)
                bytes += 3 + 2L * cells[value].Length;
            return bytes;
        }

        public void Write(ReadOnlySpan<byte> json, int? line, ReadOnlySpan<JsonSlice> cells, IBufferWriter<byte> output)
        {
            SmartRowWriter.WriteNumber(output, id);
            if (line is { } number)
            {
                output.Write(","u8);
                SmartRowWriter.WriteNumber(output, number);
            }

            foreach (var value in values)
            {
                output.Write(","u8);
                JsonValueWriter.Write(output, cells[value].In(json));
            }

            output.Write("\n"u8);
        }
    }
}
