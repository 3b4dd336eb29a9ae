using System.ComponentModel.DataAnnotations;

namespace Tidings.Gateway.Health;

/// <summary>
/// When a gateway is ready, in configuration section <c>Tidings:Health</c>. Each gateway publishes a small message again and again, on a channel that
/// nobody else sees, and waits for it as clients do for theirs: through the channel's grain, the log, the stream, and back.
/// </summary>
public sealed record HealthOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Tidings:Health";

    /// <summary>How long after one such message the next is sent. Default 2 seconds; half a second at most while the gateway is not ready.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ProbeEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// For how long none may come back before the gateway is not ready any more. Default 10 seconds: longer than the cluster takes to go on
    /// without a silo, since otherwise all gateways would turn away clients at once. At least twice <see cref="ProbeEvery"/>.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many have to come back in a row before a gateway that was not ready is so again. Default 2. After the start one is enough.</summary>
    [Range(1, 100)]
    public int AnswersInARow { get; init; } = 2;
}
