namespace Tidings.Conformance.Sites;

/// <summary>Where Faye 1.4 differs from the cases, and why.</summary>
static class FayeDeviations
{
    public static Deviations Known { get; } = new();
}
