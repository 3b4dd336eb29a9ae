using System.Text;

namespace Tidings.Protocols.SmartRest;

/// <summary>A text with places for values: the URI or the body of a request template.</summary>
internal sealed class TemplateText
{
    private readonly string[] _literals;
    private readonly ParameterPlace[] _places;

    private TemplateText(string[] literals, ParameterPlace[] places) => (_literals, _places) = (literals, places);

    /// <summary>How many values it takes.</summary>
    public int Count => _places.Length;

    public static TemplateText Uri(string text, string placeholder)
    {
        var literals = Split(text, placeholder);
        var places = new ParameterPlace[literals.Length - 1];
        Array.Fill(places, ParameterPlace.Uri);
        return new TemplateText(literals, places);
    }

    public static TemplateText Body(string text, string placeholder, bool isJson)
    {
        var literals = Split(text, placeholder);
        var places = new ParameterPlace[literals.Length - 1];
        var inString = false;
        for (var i = 0; i < places.Length; i++)
        {
            inString = EndsInString(literals[i], inString);
            places[i] = isJson && inString ? ParameterPlace.JsonString : ParameterPlace.Raw;
        }

        return new TemplateText(literals, places);
    }

    public string Fill(ReadOnlySpan<string> values)
    {
        var output = new StringBuilder(_literals[0]);
        for (var i = 0; i < _places.Length; i++)
        {
            ParameterValue.Append(output, values[i], _places[i]);
            output.Append(_literals[i + 1]);
        }

        return output.ToString();
    }

    private static string[] Split(string text, string placeholder) =>
        placeholder.Length == 0 ? [text] : text.Split(placeholder, StringSplitOptions.None);

    private static bool EndsInString(string json, bool inString)
    {
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] == '"')
                inString = !inString;
            else if (json[i] == '\\' && inString)
                i++;
        }

        return inString;
    }
}
