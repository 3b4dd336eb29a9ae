using Tidings.Benchmarks.Load;

namespace Tidings.Benchmarks;

/// <summary>What to measure and how long. Defaults are those of the full table.</summary>
internal sealed record BenchmarkOptions
{
    /// <summary>The repository's root, where builds and packages are found.</summary>
    public string Root { get; init; } = Directory.GetCurrentDirectory();

    public IReadOnlyList<string> Rows { get; init; } = ["broadcast", "channels", "longpoll", "smartrest", "latency", "connects", "memory", "memory-polls"];

    public IReadOnlyList<string> Targets { get; init; } = ["kestrel", "standalone", "cluster", "faye"];

    /// <summary>How often each cell is measured, targets in turn; the middle figure counts, the better of the middle two.</summary>
    public int Times { get; init; } = 1;

    /// <summary>Where figures go as JSON, or null.</summary>
    public string? JsonFile { get; init; }

    /// <summary>The one rate to look at, publishes a second; null searches the highest that is held.</summary>
    public double? Rate { get; init; }

    /// <summary>Further arguments for every gateway and silo, for example <c>--Tidings:Anonymous=true</c>.</summary>
    public IReadOnlyList<string> GatewayArguments { get; init; } = [];

    public IReadOnlyList<string> SiloArguments { get; init; } = [];

    /// <summary>Steps of the doubling.</summary>
    public StepTimes ShortStep { get; init; } = new(Warm: 1, Measure: 1.5);

    /// <summary>Steps of the bisection; only these count.</summary>
    public StepTimes FullStep { get; init; } = new(Warm: 1, Measure: 4);

    public StepTimes LatencyWarmUp { get; init; } = new(Warm: 1, Measure: 20);

    public StepTimes LatencyStep { get; init; } = new(Warm: 1, Measure: 10);

    /// <summary>The bisection ends when the lowest failed rate is at most this multiple of the highest held.</summary>
    public double Precision { get; init; } = 1.08;

    /// <summary>How often a failed step is tried again before its rate counts as failed.</summary>
    public int Retries { get; init; } = 1;

    public int Connects { get; init; } = 6000;

    public int ConnectsWarmUp { get; init; } = 1500;

    /// <summary>Idle sessions of the memory row.</summary>
    public int Sessions { get; init; } = 9000;

    public int MemoryWarmUp { get; init; } = 500;

    public TimeSpan MemorySettle { get; init; } = TimeSpan.FromSeconds(8);

    public bool Quick { get; init; }

    /// <summary>The same rows with shorter steps, a coarser search and fewer sessions: for a look, not for the record.</summary>
    public BenchmarkOptions ToQuick() => this with
    {
        Quick = true,
        ShortStep = new(Warm: 0.5, Measure: 0.5),
        FullStep = new(Warm: 0.5, Measure: 1.5),
        LatencyWarmUp = new(Warm: 0.5, Measure: 1.5),
        LatencyStep = new(Warm: 0.5, Measure: 3),
        Precision = 1.2,
        Retries = 0,
        Connects = 2000,
        ConnectsWarmUp = 1000,
        Sessions = 2000,
        MemorySettle = TimeSpan.FromSeconds(3),
    };
}
