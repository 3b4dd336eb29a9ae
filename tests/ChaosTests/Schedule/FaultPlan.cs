using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Schedule;

/// <summary>Which faults come when: the same for the same seed.</summary>
static class FaultPlan
{
    /// <summary>Dealt like a deck of cards, again and again: half of it are kills, and every kind comes in each round.</summary>
    static readonly FaultKind[] Deck =
    [
        FaultKind.SiloKill, FaultKind.SiloKill, FaultKind.SiloKill, FaultKind.SiloKill, FaultKind.SiloKill,
        FaultKind.GatewayKill, FaultKind.GatewayKill, FaultKind.GatewayKill, FaultKind.GatewayKill,
        FaultKind.SiloRestart, FaultKind.GatewayRestart,
        FaultKind.SiloPause, FaultKind.GatewayPause,
        FaultKind.ClientCuts, FaultKind.ClientCuts,
        FaultKind.FrontRestart, FaultKind.RedisRestart,
    ];

    static readonly TimeSpan Between = TimeSpan.FromSeconds(9);

    /// <summary>A plan for the long run: a fault every 6 to 16 s, of the kinds given or of all.</summary>
    public static IReadOnlyList<PlannedFault> Shuffled(int seed, TimeSpan length, int silos, int gateways, IReadOnlyList<FaultKind>? only = null)
    {
        var random = new Random(seed);
        var plan = new List<PlannedFault>();
        var at = TimeSpan.Zero;
        while (true)
        {
            var round = Deck.Where(kind => only is null or [] || only.Contains(kind)).ToArray();
            random.Shuffle(round);
            foreach (var kind in round)
            {
                var fault = Fault(kind, random, silos, gateways);
                at += fault.After;
                if (at > length)
                    return plan;
                plan.Add(fault);
            }
        }
    }

    /// <summary>The plan of the short run: the faults every change must survive, in an order that lets none hide another.</summary>
    public static IReadOnlyList<PlannedFault> Brief(int seed, int silos, int gateways)
    {
        var random = new Random(seed);
        var after = TimeSpan.FromSeconds(9);
        FaultKind[] kinds = [FaultKind.ClientCuts, FaultKind.GatewayKill, FaultKind.SiloKill, FaultKind.GatewayRestart, FaultKind.SiloRestart];
        return [.. kinds.Select(kind => Fault(kind, random, silos, gateways) with { After = after })];
    }

    /// <summary>Every silo, and then every gateway, is stopped and started again, one after the other.</summary>
    public static IReadOnlyList<PlannedFault> Rolling(int silos, int gateways) =>
    [
        .. Enumerable.Range(0, silos).Select(silo => new PlannedFault(Between, FaultKind.SiloRestart, silo, TimeSpan.Zero)),
        .. Enumerable.Range(0, gateways).Select(gateway => new PlannedFault(Between, FaultKind.GatewayRestart, gateway, TimeSpan.Zero)),
    ];

    static PlannedFault Fault(FaultKind kind, Random random, int silos, int gateways) => new(
        Seconds(random, 6, 16),
        kind,
        random.Next(TargetsOf(kind, silos, gateways)),
        kind is FaultKind.SiloPause or FaultKind.GatewayPause ? Seconds(random, 5, 20)
            : kind is FaultKind.SiloKill or FaultKind.GatewayKill ? Seconds(random, 2, 5)
            : TimeSpan.Zero,
        kind == FaultKind.ClientCuts ? random.Next(20, 101) : 0);

    static int TargetsOf(FaultKind kind, int silos, int gateways) => kind switch
    {
        FaultKind.SiloKill or FaultKind.SiloRestart or FaultKind.SiloPause => silos,
        FaultKind.GatewayKill or FaultKind.GatewayRestart or FaultKind.GatewayPause => gateways,
        _ => 1,
    };

    static TimeSpan Seconds(Random random, int least, int most) => TimeSpan.FromMilliseconds(random.Next(least * 1000, most * 1000));
}
