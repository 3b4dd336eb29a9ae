namespace Tidings.Benchmarks;

/// <summary>Why a target, a row or the whole run cannot be measured, for the user to read.</summary>
public sealed class BenchmarkException(string message) : Exception(message);
