namespace Tidings.Protocols.SmartRest;

/// <summary>How an evaluation went.</summary>
public enum EvaluationStatus
{
    /// <summary>All rows were written.</summary>
    Complete,

    /// <summary>A limit was reached: rows are missing at the end.</summary>
    Truncated,

    /// <summary>The value is not JSON, not UTF-8, or nested deeper than allowed: no rows.</summary>
    Unreadable,
}

/// <summary>What became of a value.</summary>
/// <param name="Rows">How many rows were written.</param>
/// <param name="Status">Whether these are all.</param>
public readonly record struct EvaluationResult(int Rows, EvaluationStatus Status);
