using System.Buffers;
using System.Text;
using Tidings.Protocols.SmartRest;

namespace Tidings.Protocols.Tests.SmartRest;

/// <summary>The codec as tests like to call it: text in, text out.</summary>
internal static class Smart
{
    public static readonly SmartRestLimits Limits = SmartRestLimits.Default;

    public static readonly DateTimeOffset Noon = new(2019, 10, 29, 12, 0, 0, 250, TimeSpan.Zero);

    public static IReadOnlyList<SmartRow> Rows(string body, SmartRestLimits? limits = null) =>
        SmartRowReader.Read(Encoding.UTF8.GetBytes(body), limits ?? Limits);

    public static string Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public static string Text(this SmartError error) => Written(error.Write);

    public static SmartBody Body(string body, string? xid = "mytemplate") => SmartBodyReader.Read(Encoding.UTF8.GetBytes(body), xid, Limits);

    public static TemplateSet Set(params string[] rows) => Set(Limits, rows);

    public static TemplateSet Set(SmartRestLimits limits, params string[] rows)
    {
        var set = TemplateSet.Compile(Encoding.UTF8.GetBytes(string.Join("\r\n", rows)), limits, out var errors);
        Assert.Empty(errors);
        return set!;
    }

    /// <summary>The error rows of a set that cannot be created.</summary>
    public static string Refusal(params string[] rows) => Refusal(Limits, rows);

    public static string Refusal(SmartRestLimits limits, params string[] rows)
    {
        Assert.Null(TemplateSet.Compile(Encoding.UTF8.GetBytes(string.Join('\n', rows)), limits, out var errors));
        Assert.NotEmpty(errors);
        return string.Concat(errors.Select(Text));
    }

    /// <summary>The rows that a notification yields, in the live format.</summary>
    public static string Evaluate(this TemplateSet set, string json, int? line = 1)
    {
        var (rows, result) = set.TryEvaluate(json, line);
        Assert.Equal(EvaluationStatus.Complete, result.Status);
        Assert.Equal(Rows(rows).Count, result.Rows);
        return rows;
    }

    public static (string Rows, EvaluationResult Result) TryEvaluate(this TemplateSet set, string json, int? line = 1) =>
        set.TryEvaluate(Encoding.UTF8.GetBytes(json), line);

    public static (string Rows, EvaluationResult Result) TryEvaluate(this TemplateSet set, byte[] json, int? line = 1)
    {
        var output = new ArrayBufferWriter<byte>();
        var result = set.Evaluate(json, line, output);
        return (Encoding.UTF8.GetString(output.WrittenSpan), result);
    }
}
