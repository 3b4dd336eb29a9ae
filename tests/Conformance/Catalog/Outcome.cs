namespace Tidings.Conformance.Catalog;

/// <summary>What came out of one case.</summary>
/// <param name="Case">The case.</param>
/// <param name="Failure">What the server did instead; null when it met the case.</param>
/// <param name="Reason">Why the server is known not to meet the case; null when it should.</param>
/// <param name="Judged">False when the case broke before the server could be judged.</param>
sealed record Outcome(Case Case, string? Failure, string? Reason, bool Judged)
{
    /// <summary>The server did what is expected of it: met the case, or differed where it is known to.</summary>
    public bool AsExpected => Judged && (Failure is null) == (Reason is null);

    public override string ToString() => $"{(AsExpected ? Failure is null ? "meets" : "known" : "FAILS")} {Case.Name}: {Case.Demand.Words}"
        + (Reason is null ? "" : $"\n        known: {Reason}")
        + (Failure is null ? "" : $"\n        {Failure}");
}
