using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Publishers;

/// <summary>A way to publish.</summary>
interface IPublishing : IAsyncDisposable
{
    /// <summary>Publishes once, under an id that is the same for the same message.</summary>
    /// <returns>Whether the server said that it has stored the message; otherwise the outcome is unknown.</returns>
    Task<bool> TryAsync(MessageKey key);
}
