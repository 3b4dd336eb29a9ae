using StackExchange.Redis;

namespace Tidings.Gateway.Identity.Storage;

/// <summary>
/// Keeps identity in the cluster's Redis. A change counts a version up and is announced (PUBLISH); since an announcement can be lost,
/// the version is looked at twice a second, too.
/// </summary>
internal sealed partial class RedisIdentityStorage(IConnectionMultiplexer redis, RedisIdentityKeys keys, TimeProvider time, ILogger<RedisIdentityStorage> logger)
    : BackgroundService, IIdentityStorage
{
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(500);
    private readonly Lock _lock = new();
    private long _seen = -1;

    public event Action? Changed;

    private IDatabase Database => redis.GetDatabase();

    public async ValueTask<string?> GetAsync(string table, string key) => await Patiently(
        table == IdentityTables.Grants ? Database.StringGetAsync(keys.Grant(key)) : Database.HashGetAsync(keys.Table(table), key));

    public async ValueTask<IReadOnlyList<string>> ListAsync(string table, string prefix)
    {
        var entries = (await Patiently(Database.HashGetAllAsync(keys.Table(table)))).Where(entry => entry.Name.ToString().StartsWith(prefix, StringComparison.Ordinal));
        return [.. entries.OrderBy(static entry => entry.Name.ToString(), StringComparer.Ordinal).Select(static entry => entry.Value.ToString())];
    }

    public async ValueTask<bool> AnyAsync(string table) => await Patiently(Database.KeyExistsAsync(keys.Table(table)));

    public async ValueTask PutAsync(string table, string key, string value, TimeSpan? lifetime = null)
    {
        if (table == IdentityTables.Grants)
        {
            await Patiently(Database.StringSetAsync(keys.Grant(key), value, new Expiration(lifetime ?? throw new ArgumentNullException(nameof(lifetime)))));
            return;
        }

        var transaction = Change();
        _ = transaction.HashSetAsync(keys.Table(table), key, value);
        await Patiently(transaction.ExecuteAsync());
    }

    public async ValueTask<bool> ReplaceAsync(string table, string key, string? expected, string value, TimeSpan? lifetime = null)
    {
        // A log-in that goes on changes nothing for anybody else.
        var transaction = table == IdentityTables.Grants ? Database.CreateTransaction() : Change();
        transaction.AddCondition(ConditionOf(table, key, expected));
        _ = table == IdentityTables.Grants
            ? transaction.StringSetAsync(keys.Grant(key), value, new Expiration(lifetime ?? throw new ArgumentNullException(nameof(lifetime))))
            : transaction.HashSetAsync(keys.Table(table), key, value);
        return await Patiently(transaction.ExecuteAsync());
    }

    public async ValueTask<bool> RemoveAsync(string table, string key, string? expected = null)
    {
        var transaction = Change();
        if (expected is not null)
        {
            transaction.AddCondition(ConditionOf(table, key, expected));
        }

        var removed = table == IdentityTables.Grants ? transaction.KeyDeleteAsync(keys.Grant(key)) : transaction.HashDeleteAsync(keys.Table(table), key);
        return await Patiently(transaction.ExecuteAsync()) && await removed;
    }

    public async ValueTask<int> OwnAsync(string owner, string grant, TimeSpan lifetime, int most) => (int)await Patiently(Database.ScriptEvaluateAsync(
        RedisIdentityScripts.Own,
        [keys.GrantsOf(owner), keys.Version],
        [time.GetUtcNow().Ticks / TimeSpan.TicksPerMicrosecond, grant, (long)lifetime.TotalMilliseconds, most, keys.GrantPrefix]));

    public async ValueTask AnnounceAsync()
    {
        var version = await Patiently(Database.StringIncrementAsync(keys.Version));
        await Patiently(Database.PublishAsync(keys.Changes, version));
        See(version);
    }

    /// <summary>To whoever asks, a Redis that is away is one that does not answer in time.</summary>
    private static async Task<T> Patiently<T>(Task<T> call)
    {
        try
        {
            return await call;
        }
        catch (Exception exception) when (exception is RedisConnectionException or InvalidOperationException)
        {
            // Calls under way when a connection is given up may end by what its reader failed with, which is an invalid operation.
            throw new TimeoutException("The store of users does not answer.", exception);
        }
    }

    /// <summary>What changes something for others counts the version up with it, in one step: who dies before the announcement has told all the same.</summary>
    private ITransaction Change()
    {
        var transaction = Database.CreateTransaction();
        _ = transaction.StringIncrementAsync(keys.Version);
        return transaction;
    }

    private Condition ConditionOf(string table, string key, string? expected) => (table == IdentityTables.Grants, expected) switch
    {
        (true, null) => Condition.KeyNotExists(keys.Grant(key)),
        (true, _) => Condition.StringEqual(keys.Grant(key), expected),
        (false, null) => Condition.HashNotExists(keys.Table(table), key),
        (false, _) => Condition.HashEqual(keys.Table(table), key, expected),
    };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await SubscribeAsync();
        using var ticks = new PeriodicTimer(LookPeriod, time);
        do
        {
            try
            {
                See((long?)await Database.StringGetAsync(keys.Version) ?? 0);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Log.LookFailed(logger, exception.Message);
            }
        }
        while (await ticks.WaitForNextTickAsync(stoppingToken));
    }

    private async Task SubscribeAsync()
    {
        try
        {
            var changes = await redis.GetSubscriber().SubscribeAsync(keys.Changes);
            changes.OnMessage(message => See((long)message.Message));
        }
        catch (Exception exception)
        {
            // The periodic look is enough.
            Log.LookFailed(logger, exception.Message);
        }
    }

    /// <summary>Every version is acted upon once; a Redis that lost its data counts from anew.</summary>
    private void See(long version)
    {
        lock (_lock)
        {
            if (_seen == version)
            {
                return;
            }

            _seen = version;
        }

        Changed?.Invoke();
    }

    private static partial class Log
    {
        [LoggerMessage(2441, LogLevel.Warning, "Whether users changed could not be seen; it is tried again: {Reason}")]
        public static partial void LookFailed(ILogger logger, string reason);
    }
}
