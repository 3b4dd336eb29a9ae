using Tidings.ChaosTests.Servers;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.ChaosTests.Tests.Redis;

/// <summary>A Redis that comes back with its data: whatever was the matter, nothing is lost, and everything goes on by itself.</summary>
public sealed class RedisTroubleTests
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_restart_and_pauses_lose_nothing_and_publishes_are_refused_in_time()
    {
        await using var stage = await Stage.OpenAsync("redis-pauses");

        await stage.TroubleAsync("restarted", () => RestartAsync(stage));
        await stage.TroubleAsync("stopped for 20 s", () => StoppedAsync(stage));
        await stage.TroubleAsync("pausing for 20 s", () => PausedAsync(stage));

        await AssertCleanAsync(stage);
        Assert.Empty(stage.EndedByThemselves);
    }

    [Fact]
    public async Task A_full_memory_and_a_full_disk_lose_nothing_and_publishes_are_refused_in_time()
    {
        await using var stage = await Stage.OpenAsync("redis-full");

        await stage.TroubleAsync("out of memory", () => OutOfMemoryAsync(stage));
        await stage.TroubleAsync("unable to save", () => UnableToSaveAsync(stage));
        await stage.TroubleAsync("ended by a failed save", () => EndedByFailedSaveAsync(stage));

        await AssertCleanAsync(stage);
        Assert.Equal(["redis"], stage.EndedByThemselves);
    }

    static async Task AssertCleanAsync(Stage stage)
    {
        var verdict = await stage.JudgeAsync();
        Assert.True(verdict.IsClean, string.Join('\n', verdict.Violations.Take(20)));
        Assert.All(verdict.Kinds, kind => Assert.InRange(kind.Received, 1, long.MaxValue));
    }

    static async Task RestartAsync(Stage stage)
    {
        var redis = stage.Cluster.Redis!;
        redis.Retire();
        await redis.StopAsync();
        await redis.ReadyAsync();
    }

    /// <summary>The process is stopped: connections stay open, and nothing is answered.</summary>
    static async Task StoppedAsync(Stage stage)
    {
        await stage.Cluster.Redis!.SignalAsync("STOP");
        await RefusedForAsync(stage, Pause);
        // The gateways say so, and the front asks them all the same, as none is better.
        Assert.False(await Health.IsReadyAsync(stage.Cluster.Front));
        await stage.Cluster.Redis.SignalAsync("CONT");
        await Eventually.TrueAsync(() => Health.IsReadyAsync(stage.Cluster.Front), () => "gateways that are ready again", TimeSpan.FromSeconds(60));
    }

    /// <summary>Redis takes commands and carries them out when the pause is over.</summary>
    static async Task PausedAsync(Stage stage)
    {
        await RedisConsole.DoAsync(stage.Cluster.RedisPort, $"CLIENT PAUSE {Pause.TotalMilliseconds} ALL");
        await stage.Probe.IsRefusedAsync();
    }

    static async Task OutOfMemoryAsync(Stage stage)
    {
        await RedisConsole.DoAsync(stage.Cluster.RedisPort, "CONFIG SET maxmemory 1");
        await stage.Probe.IsRefusedAsync();
        await RedisConsole.DoAsync(stage.Cluster.RedisPort, "CONFIG SET maxmemory 0");
    }

    /// <summary>With everysec, a Redis whose file cannot be written refuses writes (MISCONF) until it can.</summary>
    static async Task UnableToSaveAsync(Stage stage)
    {
        await RedisConsole.DoAsync(stage.Cluster.RedisPort, "CONFIG SET appendfsync everysec");
        await LimitFilesAsync(stage, "1");
        await Eventually.TrueAsync(
            async () => (await RedisConsole.AskAsync(stage.Cluster.RedisPort, "SET probe 1")).StartsWith("-MISCONF", StringComparison.Ordinal),
            () => "a Redis that refuses writes");
        await stage.Probe.IsRefusedAsync();
        await LimitFilesAsync(stage, "unlimited");
    }

    /// <summary>With always, it ends rather than acknowledge what is not on disk; its runner starts it again.</summary>
    static async Task EndedByFailedSaveAsync(Stage stage)
    {
        await Eventually.TrueAsync(stage.Probe.IsStoredAsync, () => "a publish that is stored");
        await RedisConsole.DoAsync(stage.Cluster.RedisPort, "CONFIG SET appendfsync always");
        await LimitFilesAsync(stage, "1");
        await Eventually.TrueAsync(() => stage.EndedByThemselves.Contains("redis"), () => "a Redis that ended itself");
    }

    static async Task RefusedForAsync(Stage stage, TimeSpan time)
    {
        var end = stage.Clock.Now + time;
        while (stage.Clock.Now < end)
            await stage.Probe.IsRefusedAsync();
    }

    /// <summary>Bounds how large a file Redis may write, in bytes, as a full disk would.</summary>
    static async Task LimitFilesAsync(Stage stage, string bytes)
    {
        await using var limit = ChildProcess.Start("prlimit", "prlimit", ["--pid", $"{stage.Cluster.Redis!.ProcessId}", $"--fsize={bytes}:"]);
        Assert.Equal(0, await limit.ExitAsync(TimeSpan.FromSeconds(10)));
    }
}
