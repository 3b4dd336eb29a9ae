namespace Tidings.Protocols.SmartRest;

/// <summary>Why a row could not be read.</summary>
public enum SmartRowFault
{
    /// <summary>It could be read.</summary>
    None,

    /// <summary>A quoted value does not end, or something other than a separator follows its end.</summary>
    BrokenQuote,

    /// <summary>It is not UTF-8.</summary>
    NotUtf8,

    /// <summary>It takes more bytes than <see cref="SmartRestLimits.MaxRowBytes"/>.</summary>
    TooLong,

    /// <summary>It holds more values than <see cref="SmartRestLimits.MaxFields"/>.</summary>
    TooManyFields,

    /// <summary>It is the first of those beyond <see cref="SmartRestLimits.MaxRows"/>; nothing after it was read.</summary>
    TooManyRows,
}

/// <summary>One row of a body.</summary>
/// <param name="Line">Its number, from 1. Rows count, not physical lines: blank lines do not, a value over several lines does not add.</param>
/// <param name="Fields">Its values, without quotes; empty when there is a fault.</param>
/// <param name="Fault">What is wrong with it.</param>
public sealed record SmartRow(int Line, IReadOnlyList<string> Fields, SmartRowFault Fault = SmartRowFault.None)
{
    /// <summary>The message identifier as it is written; empty when there is a fault.</summary>
    public string Id => Fields.Count > 0 ? Fields[0] : "";
}
