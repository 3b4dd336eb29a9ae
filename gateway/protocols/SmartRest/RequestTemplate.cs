using System.Text;

namespace Tidings.Protocols.SmartRest;

/// <summary>
/// <c>10,id,method,uri,content,accept,placeholder,types,template</c>: the request that a row stands for.
/// Values fill the placeholders of the URI first, then those of the body.
/// </summary>
public sealed class RequestTemplate
{
    private readonly string _method;
    private readonly string _contentType;
    private readonly string _accept;
    private readonly TemplateText _uri;
    private readonly TemplateText _body;
    private readonly ParameterType[] _types;

    internal RequestTemplate(
        uint id, string method, string contentType, string accept, TemplateText uri, TemplateText body, ParameterType[] types)
    {
        Id = id;
        (_method, _contentType, _accept, _uri, _body, _types) = (method, contentType, accept, uri, body, types);
    }

    /// <summary>The identifier that its rows begin with.</summary>
    public uint Id { get; }

    /// <summary>Makes the request of a row.</summary>
    /// <param name="line">The row's number.</param>
    /// <param name="arguments">The row's values after the identifier.</param>
    /// <param name="now">The server's time, for values of type NOW.</param>
    /// <param name="error">Why there is none.</param>
    /// <returns>The request; null with an error.</returns>
    public ExpandedRequest? Expand(int line, ReadOnlySpan<string> arguments, DateTimeOffset now, out SmartError error)
    {
        if (!TryCount(line, arguments.Length, out error) || !TryFormat(line, arguments, now, out var values, out error))
            return null;
        var target = _uri.Fill(values.AsSpan(0, _uri.Count));
        var body = Encoding.UTF8.GetBytes(_body.Fill(values.AsSpan(_uri.Count)));
        return new ExpandedRequest(line, _method, target, _contentType, _accept, body);
    }

    private bool TryCount(int line, int count, out SmartError error)
    {
        error = _types.Length == 0 ? SmartErrors.NoArguments(line) : SmartErrors.WrongCount(line);
        return count == _types.AsSpan().Length - _types.AsSpan().Count(ParameterType.Now);
    }

    private bool TryFormat(int line, ReadOnlySpan<string> arguments, DateTimeOffset now, out string[] values, out SmartError error)
    {
        values = new string[_types.Length];
        error = default;
        for (var i = 0; i < _types.Length; i++)
        {
            if (_types[i] == ParameterType.Now)
            {
                values[i] = ParameterValue.Now(now);
                continue;
            }

            if (!ParameterValue.TryFormat(_types[i], arguments[0], out values[i]))
            {
                error = SmartErrors.WrongType(line, ParameterValue.Name(_types[i]), arguments[0]);
                return false;
            }

            arguments = arguments[1..];
        }

        return true;
    }
}
