using System.Globalization;

namespace Tidings.Protocols.SmartRest;

/// <summary>Every error row, in one place. The texts are those that clients know from the documentation where it has one.</summary>
public static class SmartErrors
{
    /// <summary>No template set has this X-Id.</summary>
    public static SmartError NoTemplate { get; } = new(SmartErrorCode.NoTemplate, null, "No template for this X-ID.");

    /// <summary>The X-Id has a set already; sets are never changed or added to.</summary>
    public static SmartError AlreadyExists { get; } =
        new(SmartErrorCode.TemplateCreation, null, "Cannot create templates for already existing template object");

    /// <summary>A body creates templates without naming an X-Id.</summary>
    public static SmartError XIdMissing { get; } = new(SmartErrorCode.TemplateCreation, null, "No X-ID given");

    /// <summary>The caller may not create templates.</summary>
    public static SmartError NotAllowed { get; } = new(SmartErrorCode.TemplateCreation, null, "Not allowed to create templates");

    /// <summary>The tenant has as many sets as it may.</summary>
    public static SmartError TooManySets { get; } = new(SmartErrorCode.TemplateCreation, null, "Too many template objects");

    /// <summary>The row begins with an identifier that nothing here is known by, or that is not served at this endpoint.</summary>
    public static SmartError InvalidIdentifier(int line) => new(SmartErrorCode.InvalidIdentifier, line, "Invalid message identifier");

    /// <summary>The row has too few or too many values.</summary>
    public static SmartError WrongCount(int line) => new(SmartErrorCode.Arguments, line, "Wrong number of arguments");

    /// <summary>The row has values, its template takes none.</summary>
    public static SmartError NoArguments(int line) => new(SmartErrorCode.Arguments, line, "No arguments supported");

    /// <summary>A value is not of the type its template declares.</summary>
    public static SmartError WrongType(int line, string type, string value) =>
        new(SmartErrorCode.Arguments, line, $"Value is not a {type}: {Shorten(value)}");

    /// <summary>What the row asked for was answered with an HTTP status of 400 or above.</summary>
    public static SmartError Status(int line, int status) =>
        new(SmartErrorCode.Status, line, status.ToString(CultureInfo.InvariantCulture));

    /// <summary>The body is larger than one may be; none of its rows was read.</summary>
    public static SmartError TooLarge { get; } = new(SmartErrorCode.Malformed, null, "Request is too large");

    /// <summary>The row is a connect, and a later row of the body is one of another session: only that is held.</summary>
    public static SmartError SecondConnect(int line) => new(SmartErrorCode.Malformed, line, "Only one session can connect in a request");

    /// <summary>The row names one X-Id more than a body may.</summary>
    public static SmartError TooManyXIds(int line) => new(SmartErrorCode.Malformed, line, "Too many X-IDs");

    /// <summary>The row cannot be read.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no fault.</exception>
    public static SmartError Of(int line, SmartRowFault fault) => new(SmartErrorCode.Malformed, line, fault switch
    {
        SmartRowFault.BrokenQuote or SmartRowFault.NotUtf8 => "Malformed Request",
        SmartRowFault.TooLong => "Row is too long",
        SmartRowFault.TooManyFields => "Row has too many values",
        SmartRowFault.TooManyRows => "Too many rows",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "Not a fault."),
    });

    internal static SmartError Creation(int? line, string text) => new(SmartErrorCode.TemplateCreation, line, text);

    // What a client sent is shown back to it, short.
    private static string Shorten(string value) =>
        value.Length <= 64 ? value : string.Concat(value.AsSpan(0, char.IsHighSurrogate(value[63]) ? 63 : 64), "…");
}
