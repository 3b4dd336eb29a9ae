namespace Tidings.Protocols.SmartRest;

/// <summary>The types of a request template's values.</summary>
internal enum ParameterType
{
    /// <summary>Any text.</summary>
    String,

    /// <summary>A whole number without sign.</summary>
    Unsigned,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A date, with or without a time.</summary>
    Date,

    /// <summary>The server's time; takes no argument.</summary>
    Now,
}
