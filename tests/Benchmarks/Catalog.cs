using Tidings.Benchmarks.Load;
using Tidings.Benchmarks.Rows;
using Tidings.Benchmarks.Targets;

namespace Tidings.Benchmarks;

/// <summary>Every row and every target, by name.</summary>
internal static class Catalog
{
    public static IReadOnlyList<IRow> Rows { get; } =
    [
        new HeldRateRow("broadcast", "broadcast to 1,000 WebSockets, deliveries held", new Cast(1000, Channels: 0, Publishers: 1), firstRate: 100),
        new HeldRateRow("channels", "1,000 channels, one subscriber each, 8 publishers, held", new Cast(1000, Channels: 1000, Publishers: 8), firstRate: 1000),
        new HeldRateRow("longpoll", "broadcast to 500 long-pollers, deliveries held",
            new Cast(500, Channels: 0, Publishers: 1, LongPolling: true), firstRate: 50),
        new HeldRateRow("smartrest", "broadcast to 500 SmartREST pollers of two templates, deliveries held",
            new Cast(500, Channels: 0, Publishers: 1, LongPolling: true, SmartRest: true), firstRate: 50),
        new PairedRow(),
        new TemplatesRow(),
        new LatencyRow(),
        new CpuRow("broadcast-cpu", "server CPU a delivery, broadcast to 1,000 WebSockets at 500 publishes/s", new Cast(1000, Channels: 0, Publishers: 1), rate: 500),
        new CpuRow("channels-cpu", "server CPU a delivery, 1,000 channels at 4,000 publishes/s", new Cast(1000, Channels: 1000, Publishers: 8), rate: 4000),
        new ConnectsRow(),
        new SocketMemoryRow(),
        new PollMemoryRow(),
        new HostileRow(),
        new StormRow("storm", 2000),
        new StormRow("storm-5000", 5000),
    ];

    public static IReadOnlyList<ITarget> Targets(BenchmarkOptions options) =>
    [
        new KestrelTarget("kestrel"),
        new KestrelTarget("kestrel-batched", framesPerSend: 64),
        new KestrelTarget("kestrel-echo", echo: true),
        new StandaloneTarget(options),
        new SecuredTarget(options),
        new TelemetryTarget(options),
        new ClusterTarget(options, "everysec"),
        new ClusterTarget(options, "always"),
        new FayeTarget(options),
    ];

    /// <summary>Those of <paramref name="all"/> that were asked for, in the catalog's order.</summary>
    public static IReadOnlyList<T> Pick<T>(IReadOnlyList<T> all, IReadOnlyList<string> names, Func<T, string> nameOf)
    {
        var unknown = names.Except(all.Select(nameOf)).FirstOrDefault();
        if (unknown is not null)
            throw new BenchmarkException($"{unknown} is none of {string.Join(", ", all.Select(nameOf))}\n{CommandLine.Usage}");
        return [.. all.Where(item => names.Contains(nameOf(item)))];
    }
}
