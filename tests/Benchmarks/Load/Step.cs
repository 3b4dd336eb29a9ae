using Tidings.Benchmarks.Report;
using Tidings.Benchmarks.Wire;

namespace Tidings.Benchmarks.Load;

/// <summary>How long a step warms up and measures, seconds.</summary>
internal sealed record StepTimes(double Warm, double Measure);

/// <summary>What one step at one publish rate showed.</summary>
internal sealed record StepResult
{
    /// <summary>Publishes a second asked for.</summary>
    public required double Rate { get; init; }

    /// <summary>Deliveries a second that arrived in the measured time.</summary>
    public required double Delivered { get; init; }

    /// <summary>Deliveries a second that were asked for.</summary>
    public required double Wanted { get; init; }

    /// <summary>From the time a publish was due to its arrival at a subscriber, milliseconds.</summary>
    public required double P50 { get; init; }

    public required double P99 { get; init; }

    public required double Max { get; init; }

    /// <summary>Deliveries of the whole step that were not made when the wait for them ended.</summary>
    public required long Missing { get; init; }

    /// <summary>Deliveries made twice or out of order, in the whole step.</summary>
    public required long Disordered { get; init; }

    /// <summary>CPU of all server processes in the measured time, in percent of one core.</summary>
    public required double ServerCpu { get; init; }

    /// <summary>CPU of the generator in the measured time, in percent of one core.</summary>
    public required double GeneratorCpu { get; init; }

    /// <summary>A connection or process that ended, or null.</summary>
    public string? Failure { get; init; }

    /// <summary>With casts of two kinds, the deliveries a second of each: JSON, then SmartREST.</summary>
    public IReadOnlyList<double> Parts { get; init; } = [];

    /// <summary>Deliveries a second of the held rate: a backlog of the warm-up that arrives in the measured time adds nothing.</summary>
    public double HeldDeliveries => Math.Min(Delivered, Wanted);

    /// <summary>False when the scene cannot be used for another step.</summary>
    public bool IsClean => Failure is null && Missing == 0 && Disordered == 0;

    /// <summary>The definition of a held rate.</summary>
    public bool Held => IsClean && Delivered >= 0.9 * Wanted && P99 < 250;

    /// <summary>Why the rate was not held, in a word or two.</summary>
    public string Verdict =>
        Failure is not null ? Failure.Split('\n')[0]
        : Delivered < 0.9 * Wanted ? $"delivered {Delivered / Wanted:P0}"
        : Missing > 0 ? $"{Missing} missing"
        : Disordered > 0 ? $"{Disordered} doubled or out of order"
        : P99 >= 250 ? "too late"
        : "held";
}

/// <summary>One step: publish at a rate, measure a part of it, wait for the rest, and check that everything came.</summary>
internal sealed class Step(Scene scene, double rate, StepTimes times)
{
    // A server that is silent for this long while it owes messages has lost them.
    const long Silence = 2 * Clock.Second;

    // A backlog that takes longer than this is not a held rate, and not worth waiting for.
    const long LongestDrain = 8 * Clock.Second;

    // When the step has failed already, starting the target anew is quicker than a long wait.
    const long DrainAfterFailure = 2 * Clock.Second;

    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);

    /// <summary>One part of a row in several parts: tells its figures, and throws unless everything came in order.</summary>
    public static async Task<StepResult> PartAsync(Scene scene, double rate, StepTimes times, string part, Action<string> progress)
    {
        var result = await new Step(scene, rate, times).RunAsync();
        progress($"{part}: p50 {result.P50:N2} p99 {result.P99:N2} max {result.Max:N1} ms: {result.Verdict}");
        return result.IsClean ? result : throw new BenchmarkException($"{part}: {result.Verdict}");
    }

    public async Task<StepResult> RunAsync()
    {
        var (missingBefore, disorderedBefore) = (scene.Owed - scene.Recorder.Received, scene.Recorder.Disordered);
        var begin = Clock.Now + (Clock.Second / 100);
        var from = begin + (long)(times.Warm * Clock.Second);
        var to = from + (long)(times.Measure * Clock.Second);
        var window = scene.Recorder.Measure(from, to);
        Window[] parts = [.. scene.Parts.Select(part => part.Measure(from, to))];
        var publishing = new Pacer(scene.Publishers).Start(rate, begin, to);
        Clock.SleepUntil(from);
        var cpu = CpuNow();
        Clock.SleepUntil(to);
        var used = CpuNow() - cpu;
        publishing.Join();
        var failed = window.Arrived < 0.9 * rate * scene.Cast.FanOut * times.Measure;
        await DrainAsync(failed ? DrainAfterFailure : LongestDrain);
        return Result(window, used, missingBefore, disorderedBefore) with { Parts = [.. parts.Select(part => part.Arrived / times.Measure)] };
    }

    /// <summary>Waits until (a) everything came, (b) the time is up, (c) the server fell silent, (d) something failed; always true.</summary>
    Task<bool> DrainAsync(long longest)
    {
        var end = Clock.Now + longest;
        var (received, heard) = (scene.Recorder.Received, Clock.Now);
        return Eventually.IsAsync(IsOver, Poll);

        bool IsOver()
        {
            scene.FlushPublishers();
            if (scene.Recorder.Received != received)
                (received, heard) = (scene.Recorder.Received, Clock.Now);
            return scene.Recorder.Received >= scene.Owed || Clock.Now >= Math.Min(end, heard + Silence) || scene.Failure is not null;
        }
    }

    Cpu CpuNow() => new(ProcessFigures.CpuSeconds(scene.ServerProcessIds), ProcessFigures.CpuSeconds([Environment.ProcessId]));

    StepResult Result(Window window, Cpu used, long missingBefore, long disorderedBefore) => new()
    {
        Rate = rate,
        Wanted = rate * scene.Cast.FanOut,
        Delivered = window.Arrived / times.Measure,
        P50 = window.Latency.Milliseconds(0.5),
        P99 = window.Latency.Milliseconds(0.99),
        Max = window.Latency.Milliseconds(1),
        Missing = Math.Max(scene.Owed - scene.Recorder.Received - missingBefore, scene.Recorder.Lost),
        Disordered = scene.Recorder.Disordered - disorderedBefore,
        ServerCpu = used.Servers / times.Measure * 100,
        GeneratorCpu = used.Generator / times.Measure * 100,
        Failure = scene.Failure,
    };

    readonly record struct Cpu(double Servers, double Generator)
    {
        public static Cpu operator -(Cpu a, Cpu b) => new(a.Servers - b.Servers, a.Generator - b.Generator);
    }
}
