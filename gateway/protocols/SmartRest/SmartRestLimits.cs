namespace Tidings.Protocols.SmartRest;

/// <summary>What the codec accepts and how much it makes of it. The size of a whole body is the transport's to limit.</summary>
public sealed record SmartRestLimits
{
    /// <summary>The defaults.</summary>
    public static SmartRestLimits Default { get; } = new();

    /// <summary>Rows in one body; what follows them is not read, and one error row says so. Default 1000.</summary>
    public int MaxRows { get; init; } = 1000;

    /// <summary>Bytes of one row, line end excluded; a longer row is an error row. Default 65,536.</summary>
    public int MaxRowBytes { get; init; } = 64 * 1024;

    /// <summary>Values in one row, its message identifier included, and placeholders in one request template. Default 256.</summary>
    public int MaxFields { get; init; } = 256;

    /// <summary>Characters of an X-Id. Default 256.</summary>
    public int MaxXIdLength { get; init; } = 256;

    /// <summary>X-Ids named in one subscription, or sets registered in one body. Default 32.</summary>
    public int MaxXIds { get; init; } = 32;

    /// <summary>Request and response templates in one set. Default 1000.</summary>
    public int MaxTemplates { get; init; } = 1000;

    /// <summary>Different BASE paths in one set; the value of each is walked once per notification. Default 64.</summary>
    public int MaxBases { get; init; } = 64;

    /// <summary>Characters of one JSONPath. Default 1024.</summary>
    public int MaxPathLength { get; init; } = 1024;

    /// <summary>Names and indexes in one JSONPath. Default 32.</summary>
    public int MaxPathSteps { get; init; } = 32;

    /// <summary>Nesting of a JSON value that templates are matched with; a deeper one matches nothing. Default 64.</summary>
    public int MaxJsonDepth { get; init; } = 64;

    /// <summary>Rows that one value may yield; the rest is left out and the result says so. Default 1000.</summary>
    public int MaxMatches { get; init; } = 1000;

    /// <summary>Bytes of the rows that one value may yield; the rest is left out and the result says so. Default 1,048,576.</summary>
    public int MaxOutputBytes { get; init; } = 1024 * 1024;

    /// <summary>List elements times paths kept at once while one value is matched; elements beyond are left out. Default 262,144.</summary>
    public int MaxCells { get; init; } = 256 * 1024;
}
