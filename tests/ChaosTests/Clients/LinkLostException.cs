namespace Tidings.ChaosTests.Clients;

/// <summary>A connection could not be opened, has ended, or answers no more.</summary>
sealed class LinkLostException(string message) : Exception(message);
