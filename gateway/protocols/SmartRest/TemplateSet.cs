using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;

namespace Tidings.Protocols.SmartRest;

/// <summary>
/// The templates of one X-Id, compiled. Immutable, and made to be shared by all sessions that use it: what it writes depends on the
/// notification alone, so one evaluation serves them all.
/// </summary>
public sealed class TemplateSet
{
    private readonly ResponsePlan _plan;
    private readonly FrozenDictionary<uint, RequestTemplate> _requests;

    private TemplateSet(ReadOnlyMemory<byte> source, List<RequestTemplate> requests, List<ResponseTemplate> responses, SmartRestLimits limits)
    {
        Source = source;
        ResponseCount = responses.Count;
        _plan = new ResponsePlan(responses, limits);
        _requests = requests.ToFrozenDictionary(template => template.Id);
    }

    /// <summary>The templates as rows 10 and 11, from which the same set can be compiled again.</summary>
    public ReadOnlyMemory<byte> Source { get; }

    /// <summary>How many request templates it has.</summary>
    public int RequestCount => _requests.Count;

    /// <summary>How many response templates it has.</summary>
    public int ResponseCount { get; }

    /// <summary>Compiles a set from rows 10 and 11.</summary>
    /// <param name="utf8">The rows.</param>
    /// <param name="limits">The bounds; evaluation keeps to them too.</param>
    /// <param name="errors">A row 41, or 42, for every row that is wrong; empty when there is a set.</param>
    /// <returns>The set; null with errors.</returns>
    public static TemplateSet? Compile(ReadOnlySpan<byte> utf8, SmartRestLimits limits, out IReadOnlyList<SmartError> errors) =>
        Compile(SmartRowReader.Read(utf8, limits), limits, out errors);

    /// <summary>Finds the request template of a row's identifier.</summary>
    /// <param name="id">The identifier as it is written.</param>
    public RequestTemplate? FindRequest(string id) =>
        uint.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? _requests.GetValueOrDefault(number) : null;

    /// <summary>
    /// Writes the rows that a JSON value yields: templates in their order, for each a row per matching element of its base.
    /// </summary>
    /// <param name="json">The value: a response's body, or of a notification what <see cref="RealtimeEntity"/> gives.</param>
    /// <param name="line">The line number in the second place: the request's row, 1 in live notifications, null in documented ones.</param>
    /// <param name="output">Takes whole rows only, also where a limit is reached.</param>
    public EvaluationResult Evaluate(ReadOnlySpan<byte> json, int? line, IBufferWriter<byte> output) => _plan.Evaluate(json, line, output);

    internal static TemplateSet? Compile(IReadOnlyList<SmartRow> rows, SmartRestLimits limits, out IReadOnlyList<SmartError> errors)
    {
        var builder = new Builder(limits);
        foreach (var row in rows)
            builder.Add(row);
        errors = builder.Errors;
        return errors.Count > 0 ? null : builder.Build();
    }

    private sealed class Builder(SmartRestLimits limits)
    {
        private readonly List<RequestTemplate> _requests = [];
        private readonly List<ResponseTemplate> _responses = [];
        private readonly HashSet<uint> _ids = [];
        private readonly HashSet<string> _bases = [];
        private readonly ArrayBufferWriter<byte> _source = new();

        public List<SmartError> Errors { get; } = [];

        public void Add(SmartRow row)
        {
            if (row.Fault != SmartRowFault.None)
            {
                Errors.Add(SmartErrors.Of(row.Line, row.Fault));
                return;
            }

            var error = row.Id switch
            {
                "10" => AddRequest(row.Fields),
                "11" => AddResponse(row.Fields),
                _ => "Not a valid message identifier for template creation",
            };
            if (error is null && _ids.Count > limits.MaxTemplates)
                error = "Too many templates";
            if (error is not null)
                Errors.Add(SmartErrors.Creation(row.Line, error));
            else
                SmartRowWriter.WriteRow(_source, [.. row.Fields]);
        }

        public TemplateSet Build() => new(_source.WrittenMemory.ToArray(), _requests, _responses, limits);

        private string? AddRequest(IReadOnlyList<string> fields)
        {
            if (TemplateParser.Request(fields, limits, out var template) is { } error)
                return error;
            _requests.Add(template!);
            return Claim(template!.Id);
        }

        private string? AddResponse(IReadOnlyList<string> fields)
        {
            if (TemplateParser.Response(fields, limits, out var template) is { } error)
                return error;
            _responses.Add(template!);
            _bases.Add(template!.Base.Key);
            return _bases.Count > limits.MaxBases ? "Too many different base paths" : Claim(template.Id);
        }

        private string? Claim(uint id) => _ids.Add(id) ? null : "Duplicate message identifiers";
    }
}
