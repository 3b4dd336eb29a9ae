using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Tidings.Protocols.Charsets;

namespace Tidings.Gateway.Rest;

/// <summary>The messages of a request that publishes, or why there are none.</summary>
internal sealed class PublishBody
{
    /// <summary>One message a line (https://github.com/ndjson/ndjson-spec).</summary>
    public const string NdJson = "application/x-ndjson";

    private readonly List<int> _lines = [];

    /// <summary>The messages, in order; empty after a failure.</summary>
    public List<PublishItem> Items { get; } = [];

    /// <summary>What is wrong with the request; null if nothing is.</summary>
    public ProblemHttpResult? Problem { get; private set; }

    /// <summary>The number of the line that a message came from, from 1; null where the body is the message.</summary>
    public int? LineOf(int index) => _lines.Count > 0 ? _lines[index] : null;

    /// <summary>Reads a body by its media type; JSON where none is said.</summary>
    public static PublishBody Read(string? contentType, ReadOnlyMemory<byte> body, TidingsLimits limits)
    {
        var result = new PublishBody();
        var mediaType = string.IsNullOrWhiteSpace(contentType) ? MediaTypes.Json : contentType;
        if (mediaType.Length > MediaTypes.Longest)
        {
            result.Fail(StatusCodes.Status415UnsupportedMediaType, $"A media type has at most {MediaTypes.Longest} characters.");
            return result;
        }

        if (!MediaTypeHeaderValue.TryParse(mediaType, out _))
        {
            result.Fail(StatusCodes.Status415UnsupportedMediaType, "The Content-Type is not a media type.");
            return result;
        }

        var isLines = MediaTypes.Essence(mediaType).Equals(NdJson, StringComparison.OrdinalIgnoreCase);
        if ((isLines || MediaTypes.IsJson(mediaType) || MediaTypes.IsText(mediaType)) && !result.Transcode(ref mediaType, ref body, limits))
        {
            return result;
        }

        if (isLines)
        {
            result.ReadLines(body, limits);
        }
        else if (MediaTypes.IsJson(mediaType) && !IsJson(body.Span, limits))
        {
            result.Fail(StatusCodes.Status400BadRequest, "The body is not valid JSON.");
        }
        else
        {
            var isPlainJson = MediaTypes.Essence(mediaType).Equals(MediaTypes.Json, StringComparison.OrdinalIgnoreCase);
            result.Items.Add(new PublishItem { Body = body.ToArray(), MediaType = isPlainJson ? null : mediaType });
        }

        return result;
    }

    /// <summary>Makes a text UTF-8, and its media type say so.</summary>
    private bool Transcode(ref string mediaType, ref ReadOnlyMemory<byte> body, TidingsLimits limits)
    {
        var charset = MediaTypeHeaderValue.TryParse(mediaType, out var parsed) ? HeaderUtilities.RemoveQuotes(parsed.Charset).Value : null;
        switch (TextBody.ToUtf8(charset, body, out body))
        {
            case TextFault.UnknownCharset:
                return Fail(StatusCodes.Status415UnsupportedMediaType, $"The charset {charset} is not known here; UTF-8 always is.");
            case TextFault.NotInCharset:
                return Fail(StatusCodes.Status400BadRequest, $"The body is not valid {charset ?? "UTF-8"}.");
            case TextFault.None when body.Length > limits.MessageBytes:
                return Fail(StatusCodes.Status413PayloadTooLarge, $"In UTF-8, the body is larger than {limits.MessageBytes} bytes.");
            default:
                if (!TextBody.IsUtf8(charset))
                {
                    parsed!.Charset = "utf-8";
                    mediaType = parsed.ToString();
                }

                return true;
        }
    }

    private void ReadLines(ReadOnlyMemory<byte> body, TidingsLimits limits)
    {
        var number = 0;
        foreach (var range in body.Span.Split((byte)'\n'))
        {
            number++;
            var line = body.Span[range].Trim(" \t\r"u8);
            if (line.IsEmpty)
            {
                continue;
            }

            if (!IsJson(line, limits))
            {
                Fail(StatusCodes.Status400BadRequest, $"Line {number} is not valid JSON; nothing was published.", number);
                return;
            }

            if (Items.Count == limits.PendingPublishesPerChannel)
            {
                Fail(StatusCodes.Status400BadRequest, $"Line {number} is one too many: a request publishes at most {Items.Count} messages; nothing was published.", number);
                return;
            }

            Items.Add(new PublishItem { Body = line.ToArray() });
            _lines.Add(number);
        }

        if (Items.Count == 0)
        {
            Fail(StatusCodes.Status400BadRequest, "No line holds a message.");
        }
    }

    private bool Fail(int status, string detail, int? line = null)
    {
        Items.Clear();
        _lines.Clear();
        Problem = RestProblems.Of(status, detail, line);
        return false;
    }

    private static bool IsJson(ReadOnlySpan<byte> body, TidingsLimits limits)
    {
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = limits.JsonDepth });
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && !Utf8.IsValid(reader.ValueSpan))
                {
                    return false;
                }
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
