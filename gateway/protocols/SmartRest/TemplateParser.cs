using System.Globalization;

namespace Tidings.Protocols.SmartRest;

/// <summary>Reads rows 10 and 11 into templates. An error is a text for row 41.</summary>
internal static class TemplateParser
{
    private const int RequestFields = 9;
    private const string BadRequest = "Bad request template definition";
    private const string BadResponse = "Bad response template definition";

    // What the protocol itself means by these numbers; as a template's identifier they could never be called or told apart.
    private static readonly HashSet<uint> BuiltIn = [10, 11, 15, 20, 40, 41, 42, 43, 45, 50, 61, 70, 80, 81, 82, 83, 84, 86, 87, 88];

    public static string? Request(IReadOnlyList<string> fields, SmartRestLimits limits, out RequestTemplate? template)
    {
        template = null;
        if (fields.Skip(RequestFields).Any(field => field.Length > 0) || !TryId(fields, out var id))
            return BadRequest;
        var row = Enumerable.Range(0, RequestFields).Select(i => i < fields.Count ? fields[i] : "").ToArray();
        var (method, target, content, accept, placeholder, body) = (row[2], row[3], row[4], row[5], row[6], row[8]);
        if (target.Length == 0 || row.Take(RequestFields - 1).Any(HasControls))
            return BadRequest;
        if (CheckMethod(method, content, body) is { } error)
            return error;
        var uri = TemplateText.Uri(target, placeholder);
        var text = TemplateText.Body(body, placeholder, content.Contains("json", StringComparison.OrdinalIgnoreCase));
        error = Types(row[7], placeholder.Length == 0 ? 0 : uri.Count + text.Count, placeholder, limits, out var types);
        if (error is null)
            template = new RequestTemplate(id, method.ToUpperInvariant(), content, accept, uri, text, types);
        return error;
    }

    public static string? Response(IReadOnlyList<string> fields, SmartRestLimits limits, out ResponseTemplate? template)
    {
        template = null;
        var count = fields.Count;
        while (count > 0 && fields[count - 1].Length == 0)
            count--; // surplus separators at the end are common
        if (count < 5 || !TryId(fields, out var id))
            return BadResponse;
        JsonPath? condition = null;
        if (Path(fields[2], PathUse.Base, limits, out var basis) is { } error
            || (fields[3].Length > 0 && (error = Path(fields[3], PathUse.Value, limits, out condition)) is not null))
            return error;
        var values = new List<JsonPath>(count - 4);
        for (var i = 4; i < count; i++)
        {
            if (fields[i].Length == 0)
                return "Bad pattern";
            if ((error = Path(fields[i], PathUse.Value, limits, out var value)) is not null)
                return error;
            values.Add(value);
        }

        template = new ResponseTemplate(id, basis, condition, values);
        return null;
    }

    private static string? CheckMethod(string method, string content, string body)
    {
        if (method.Equals("GET", StringComparison.OrdinalIgnoreCase) || method.Equals("DELETE", StringComparison.OrdinalIgnoreCase))
        {
            return content.Length > 0 ? "Content type given for GET or DELETE"
                : body.Length > 0 ? "Template string given for GET or DELETE" : null;
        }

        if (method.Equals("POST", StringComparison.OrdinalIgnoreCase) || method.Equals("PUT", StringComparison.OrdinalIgnoreCase))
        {
            return content.Length == 0 ? "Content type missing for POST or PUT"
                : body.Length == 0 ? "Template string missing for POST or PUT" : null;
        }

        return BadRequest;
    }

    private static string? Types(string text, int places, string placeholder, SmartRestLimits limits, out ParameterType[] types)
    {
        types = [];
        if (places > limits.MaxFields)
            return BadRequest;
        var names = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var parsed = new ParameterType[names.Length];
        for (var i = 0; i < names.Length; i++)
        {
            if (!ParameterValue.TryParseType(names[i], out parsed[i]))
                return "Bad value type";
        }

        if (placeholder.Length == 0)
            return null; // types without a placeholder are in use and mean nothing
        if (parsed.Length > 0 && parsed.Length != places)
            return places == 0 ? "Values without placeholder" : BadRequest;
        types = parsed.Length > 0 ? parsed : Enumerable.Repeat(ParameterType.String, places).ToArray();
        return null;
    }

    private static string? Path(string text, PathUse use, SmartRestLimits limits, out JsonPath path) =>
        JsonPath.TryParse(text, use, limits, out path) switch
        {
            PathFault.None => null,
            PathFault.RefersToList => "JsonPath refers to a list of objects",
            PathFault.HasFilter => "Filters (?) are not allowed in JsonPath",
            _ => "Invalid JsonPath",
        };

    private static bool TryId(IReadOnlyList<string> fields, out uint id)
    {
        id = 0;
        return fields.Count > 1 && uint.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out id) && !BuiltIn.Contains(id);
    }

    private static bool HasControls(string field) => field.Any(char.IsControl);
}
