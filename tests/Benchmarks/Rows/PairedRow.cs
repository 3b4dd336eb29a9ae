using Tidings.Benchmarks.Load;
using Tidings.Benchmarks.Targets;

namespace Tidings.Benchmarks.Rows;

/// <summary>
/// How SmartREST pollers fare beside as many long-pollers of the same channel: what the former get for each delivery to the latter. At a
/// rate that is held both get all there is, so that it is asked beyond that rate, too, where they compete.
/// </summary>
internal sealed class PairedRow : IRow
{
    const double FirstRate = 25;
    const double Beyond = 4;

    static readonly Cast Cast = new(Subscribers: 1000, Channels: 0, Publishers: 1, LongPolling: true, SmartRest: true, Beside: true);

    public string Name => "paired";

    public string Title => "500 SmartREST pollers beside 500 long-pollers: their rate for each of the latter's";

    public bool LessIsBetter => false;

    public bool AppliesTo(ITarget target) => target.HasSmartRest;

    public async Task<Cell> MeasureAsync(ITarget target, BenchmarkOptions options, Action<string> progress)
    {
        using var search = new RateSearch(() => Scene.OpenAsync(target, Cast), FirstRate, options, progress);
        if (await search.RunAsync() is not { } held)
            return Cell.NotMeasured($"no rate held: {search.LastFailure}");
        using var scene = await Scene.OpenAsync(target, Cast);
        var beyond = await new Step(scene, held.Rate * Beyond, options.FullStep).RunAsync();
        if (beyond.Failure is not null || beyond.Disordered > 0)
            return Cell.NotMeasured($"beyond the held rate: {beyond.Verdict}");
        var (share, shareBeyond) = (ShareOf(held), ShareOf(beyond));
        progress($"{held.Parts[1]:N0}/s beside {held.Parts[0]:N0}/s; beyond, {beyond.Parts[1]:N0}/s beside {beyond.Parts[0]:N0}/s");
        return new Cell
        {
            Value = Math.Min(share, shareBeyond),
            Text = $"{share:N2} held, {shareBeyond:N2} beyond ({held.Parts[1]:N0}/s and {beyond.Parts[1]:N0}/s of theirs)",
            ServerCpu = held.ServerCpu,
            GeneratorCpu = held.GeneratorCpu,
            Step = held,
        };
    }

    static double ShareOf(StepResult step) => step.Parts[0] == 0 ? 0 : step.Parts[1] / step.Parts[0];
}
