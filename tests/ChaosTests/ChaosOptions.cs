using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests;

/// <summary>The settings of a run.</summary>
sealed record ChaosOptions
{
    /// <summary>How long faults happen; about 40 s of starting and settling come on top. Default 10 minutes.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Instead of a shuffled plan of <see cref="Length"/>, one fault of each kind that every change must survive: about a minute.</summary>
    public bool Brief { get; init; }

    /// <summary>Decides faults, targets and times. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Subscribing clients, an equal number of each kind. Default 160.</summary>
    public int Sessions { get; init; } = 160;

    /// <summary>Publishes a second, all publishers together. Default 50.</summary>
    public int Rate { get; init; } = 50;

    /// <summary>Silos. Default 3.</summary>
    public int Silos { get; init; } = 3;

    /// <summary>Gateways. Default 2.</summary>
    public int Gateways { get; init; } = 2;

    /// <summary>Redis appendfsync: always or everysec. Default always.</summary>
    public string Fsync { get; init; } = "always";

    /// <summary>
    /// A commit whose build every process runs at first; instead of faults, each is stopped once (SIGTERM) and started again from the sources at
    /// hand, silos first. Default unset: everything runs the sources at hand.
    /// </summary>
    public string? UpgradeFrom { get; init; }

    /// <summary>The connection string of a Redis that somebody else runs. Default unset: the cluster has its own.</summary>
    public string? Redis { get; init; }

    /// <summary>Added to the environment of silos and gateways.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The kinds of faults to take from the plan; empty for all.</summary>
    public IReadOnlyList<FaultKind> Only { get; init; } = [];

    /// <summary>How long gateways hold a connect: with it, how soon clients notice one that hangs. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Further arguments of every gateway.</summary>
    public IReadOnlyList<string> GatewayArguments { get; init; } = [];

    /// <summary>Further arguments of every silo.</summary>
    public IReadOnlyList<string> SiloArguments { get; init; } = [];

    /// <summary>Where the report and the logs go; empty for a fresh folder in artifacts/chaos.</summary>
    public string Folder { get; init; } = "";
}
