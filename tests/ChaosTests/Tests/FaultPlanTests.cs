using Tidings.ChaosTests.Records;
using Tidings.ChaosTests.Schedule;

namespace Tidings.ChaosTests.Tests;

public sealed class FaultPlanTests
{
    static readonly TimeSpan TenMinutes = TimeSpan.FromMinutes(10);

    [Fact]
    public void The_same_seed_gives_the_same_plan() => Assert.Equal(Plan(7), Plan(7));

    [Fact]
    public void Another_seed_gives_another_plan() => Assert.NotEqual(Plan(7), Plan(8));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Ten_minutes_have_at_least_twenty_kills_and_every_kind_of_fault(int seed)
    {
        var plan = Plan(seed);
        Assert.InRange(plan.Count(fault => fault.Kind is FaultKind.SiloKill or FaultKind.GatewayKill), 20, 60);
        Assert.Equal(Enum.GetValues<FaultKind>().Except([FaultKind.OwnEnd]), plan.Select(fault => fault.Kind).Distinct().Order());
        Assert.InRange(plan.Aggregate(TimeSpan.Zero, (sum, fault) => sum + fault.After), TenMinutes / 2, TenMinutes);
    }

    [Fact]
    public void The_short_plan_kills_a_silo_and_a_gateway_and_restarts_one_of_each()
    {
        var kinds = FaultPlan.Brief(1, 3, 2).Select(fault => fault.Kind).ToArray();
        FaultKind[] needed = [FaultKind.SiloKill, FaultKind.GatewayKill, FaultKind.GatewayRestart, FaultKind.SiloRestart];
        Assert.Superset(needed.ToHashSet(), kinds.ToHashSet());
    }

    [Fact]
    public void Targets_and_lengths_are_within_bounds() => Assert.All(Plan(5), fault =>
    {
        Assert.InRange(fault.Target, 0, 2);
        Assert.InRange(fault.Lasts, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    });

    static IReadOnlyList<PlannedFault> Plan(int seed) => FaultPlan.Shuffled(seed, TenMinutes, 3, 2);
}
