using Tidings.ChaosTests.Records;
using Tidings.ChaosTests.Servers;
using Tidings.Cluster.Tests.Processes;
using Tidings.Tests;

namespace Tidings.ChaosTests.Tests.Redis;

/// <summary>Connection strings with sentinels and with TLS: membership, storage, logs, records of sessions and users all go by the one of Tidings:Redis.</summary>
public sealed class RedisConnectionTests
{
    const string Master = "tidings";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task After_a_failover_by_sentinel_everything_goes_on_by_itself()
    {
        await using var servers = new RedisSet();
        var master = await servers.StartAsync();
        var replica = await servers.StartAsync("--replicaof", "127.0.0.1", $"{master}");
        var sentinel = await servers.StartSentinelAsync(Master, master);
        await Eventually.TrueAsync(() => KnowsReplicaAsync(sentinel), () => "a sentinel that knows the replica", Patience);
        await using var stage = await Stage.OpenAsync(
            "redis-sentinel", new ChaosOptions { Redis = $"127.0.0.1:{sentinel},serviceName={Master}" });
        await ReceivingAsync(stage);

        await servers.KillAsync(master);

        await Eventually.TrueAsync(() => RedisConsole.AnswersAsync(replica, "SET probe 1", "+OK"), () => "a replica that became master", Patience);
        await ReceivingAsync(stage);
        Assert.All(stage.Audience.Records, session => Assert.Empty(session.Losses));
        Assert.Empty(stage.EndedByThemselves);
    }

    [Fact]
    public async Task A_redis_that_speaks_only_tls_is_trusted_by_its_authority()
    {
        using var authority = new TestAuthority();
        authority.WritePem("redis.test", "redis.pem");
        await using var servers = new RedisSet();
        var port = await servers.StartTlsAsync(authority.PathTo("redis.pem"), authority.RootFile);
        await using var stage = await Stage.OpenAsync("redis-tls", new ChaosOptions
        {
            Redis = $"127.0.0.1:{port},ssl=true,sslHost=redis.test",
            Environment = new Dictionary<string, string> { ["SERedis_IssuerCertPath"] = authority.RootFile },
        });

        await ReceivingAsync(stage);
        Assert.All(stage.Audience.Records, session => Assert.Empty(session.Losses));
    }

    /// <summary>Waits until each session has got something published from now on.</summary>
    static async Task ReceivingAsync(Stage stage)
    {
        await Eventually.TrueAsync(stage.Probe.IsStoredAsync, () => "a publish that is stored", Patience);
        var now = stage.Clock.Now;
        await Eventually.TrueAsync(
            () => Silent(stage, now).Length == 0, () => $"a new message at sessions {string.Join(", ", Silent(stage, now))}", Patience);
    }

    static string[] Silent(Stage stage, TimeSpan since)
    {
        var sent = stage.Press.Publications.Where(publication => publication.Sent >= since).Select(publication => publication.Key).ToHashSet();
        return [.. stage.Audience.Records.Where(session => !session.Receipts.Any(receipt => sent.Contains(receipt.Key))).Select(Named)];
    }

    static string Named(SessionRecord session) => $"{session.Id} ({session.Kind})";

    static async Task<bool> KnowsReplicaAsync(int sentinel) =>
        !(await RedisConsole.AskAsync(sentinel, $"SENTINEL REPLICAS {Master}")).StartsWith("*0", StringComparison.Ordinal);
}
