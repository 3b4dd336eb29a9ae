using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Judging;

/// <summary>What is allowed.</summary>
sealed record CheckerOptions
{
    /// <summary>
    /// How long before the end of a connection a message was sent that may have been lost in it (sessions without ack and replay).
    /// A fault shortly before moves the beginning to that fault: what it held up may be written just then. Default 2 s.
    /// </summary>
    public TimeSpan CutBefore { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long after a connection's end its server may write on without noticing. Default 1 s.</summary>
    public TimeSpan CutAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>For how long after the end of a crash messages may come twice. Default 30 s.</summary>
    public TimeSpan DoublesAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long after a fault the delays of messages are put down to it, unless another one follows. Default 20 s.</summary>
    public TimeSpan FaultWindow { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long after the end of a fault without a bound of its own it can still be felt. Default 10 s, as a silo's kill may be.</summary>
    public TimeSpan FeltAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest delay of any one message at any time. Default 60 s.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The largest p99 of the sessions' longest delays after faults of a kind; a kind that is not named has no bound of its own.</summary>
    public IReadOnlyDictionary<FaultKind, TimeSpan> PauseP99 { get; init; } = new Dictionary<FaultKind, TimeSpan>
    {
        [FaultKind.SiloKill] = TimeSpan.FromSeconds(10),
        [FaultKind.GatewayKill] = TimeSpan.FromSeconds(2),
        [FaultKind.SiloRestart] = TimeSpan.FromSeconds(2),
        [FaultKind.GatewayRestart] = TimeSpan.FromSeconds(2),
        [FaultKind.ClientCuts] = TimeSpan.FromSeconds(2),
        [FaultKind.FrontRestart] = TimeSpan.FromSeconds(5),
    };

    /// <summary>The largest p99 of delays while no fault is near. Default 2 s.</summary>
    public TimeSpan QuietP99 { get; init; } = TimeSpan.FromSeconds(2);

    public static CheckerOptions Default { get; } = new();
}
