using System.Buffers;
using System.Globalization;

namespace Tidings.Protocols.SmartRest;

/// <summary>The message identifiers of error rows.</summary>
public enum SmartErrorCode
{
    /// <summary>No template set has this X-Id.</summary>
    NoTemplate = 40,

    /// <summary>A template set cannot be created.</summary>
    TemplateCreation = 41,

    /// <summary>A row cannot be read.</summary>
    Malformed = 42,

    /// <summary>A row begins with an identifier that nothing here is known by.</summary>
    InvalidIdentifier = 43,

    /// <summary>A row's values do not fit its identifier.</summary>
    Arguments = 45,

    /// <summary>What a row asked for was answered with an HTTP status of 400 or above.</summary>
    Status = 50,
}

/// <summary>An error as clients see it: a row of its own. The HTTP status of the response stays 200.</summary>
/// <param name="Code">What kind of error it is.</param>
/// <param name="Line">The row it is about; null where it is about the whole body.</param>
/// <param name="Text">For people; the HTTP status with <see cref="SmartErrorCode.Status"/>.</param>
public readonly record struct SmartError(SmartErrorCode Code, int? Line, string Text)
{
    /// <summary>Writes the row: <c>code,[line],text</c>, and <c>40,"text"</c> without a line for an unknown X-Id.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        if (Code == SmartErrorCode.NoTemplate)
        {
            output.Write("40,\"No template for this X-ID.\"\n"u8);
            return;
        }

        var line = Line?.ToString(CultureInfo.InvariantCulture) ?? "";
        SmartRowWriter.WriteRow(output, ((int)Code).ToString(CultureInfo.InvariantCulture), line, Text);
    }
}
