namespace Tidings.Conformance.Wire;

/// <summary>The server did something else than the case asks for.</summary>
sealed class ConformanceException(string message) : Exception(message);
