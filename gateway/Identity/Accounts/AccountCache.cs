using System.Collections.Concurrent;
using System.Collections.Frozen;
using Tidings.Gateway.Identity.Storage;

namespace Tidings.Gateway.Identity.Accounts;

/// <summary>
/// What this gateway knows of accounts, at hand without waiting for tenants and roles, read when first asked for users, keys and log-ins.
/// Dropped whole at every change.
/// </summary>
internal sealed partial class AccountCache : IHostedService
{
    private const int MaxEntries = 10_000;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);
    private readonly IUserStore _store;
    private readonly ConfiguredAccounts _configured;
    private readonly IIdentityStorage _storage;
    private readonly TimeProvider _time;
    private readonly ILogger<AccountCache> _logger;
    private readonly SemaphoreSlim _loading = new(1);
    private volatile Entries _entries = new();
    private volatile RuleBook _rules = RuleBook.Empty;
    private bool _wasClosed;

    public AccountCache(IUserStore store, ConfiguredAccounts configured, IIdentityStorage storage, TimeProvider time, ILogger<AccountCache> logger)
    {
        (_store, _configured, _storage, _time, _logger) = (store, configured, storage, time, logger);
        _rules = new RuleBook(configured.Tenants.ToFrozenDictionary(static tenant => tenant.Name, StringComparer.Ordinal), IsOpen: false, HasStoredUsers: false);
        store.Changed += () => _ = ReloadAsync();
    }

    /// <summary>New rules and accounts are in force.</summary>
    public event Action? Reloaded;

    /// <summary>Stands for what is known now: another object as soon as something changed.</summary>
    public object State => _entries;

    /// <summary>The tenants and their roles.</summary>
    public RuleBook Rules => _rules;

    public ValueTask<User?> UserAsync(string tenant, string name) => FindAsync(_entries.Users, (tenant, name), static (self, id) => self._store.FindUserAsync(id.Item1, id.Item2));

    public ValueTask<ApiKey?> KeyAsync(string id) => FindAsync(_entries.Keys, id, static (self, id) => self._store.FindKeyAsync(id));

    /// <summary>A log-in as it is stored; null if it ended.</summary>
    public ValueTask<string?> GrantAsync(string id) => FindAsync(_entries.Grants, id, static (self, id) => self._storage.GetAsync(IdentityTables.Grants, id));

    /// <summary>Reads a log-in anew: it may have been prolonged since.</summary>
    public ValueTask<string?> GrantAgainAsync(string id)
    {
        _entries.Grants.TryRemove(id, out _);
        return GrantAsync(id);
    }

    public Task StartAsync(CancellationToken cancellationToken) => ReloadAsync();

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Something that no account says changed: whoever goes by what was looked up looks again.</summary>
    public void LookAgain()
    {
        _entries = new();
        Reloaded?.Invoke();
    }

    /// <summary>Forgets everything and reads the rules anew; kept as they are while they cannot be read.</summary>
    internal async Task ReloadAsync()
    {
        _entries = new();
        await _loading.WaitAsync();
        try
        {
            var tenants = await _store.TenantsAsync();
            var hasUsers = await _store.HasStoredUsersAsync();

            // A store that lost what it had must not open the server to everybody who may come without credentials.
            _wasClosed |= !_configured.IsEmpty || tenants.Count > 0 || hasUsers;
            _rules = new RuleBook(tenants.ToFrozenDictionary(static tenant => tenant.Name, StringComparer.Ordinal), IsOpen: !_wasClosed, hasUsers);
            // What was read while the change was on its way.
            _entries = new();
        }
        catch (Exception exception)
        {
            Log.ReloadFailed(_logger, exception);
            _ = RetryAsync();
            return;
        }
        finally
        {
            _loading.Release();
        }

        Reloaded?.Invoke();
    }

    private async Task RetryAsync()
    {
        await Task.Delay(RetryAfter, _time);
        await ReloadAsync();
    }

    private async ValueTask<TValue?> FindAsync<TKey, TValue>(
        ConcurrentDictionary<TKey, TValue?> known, TKey id, Func<AccountCache, TKey, ValueTask<TValue?>> read)
        where TKey : notnull
        where TValue : class
    {
        if (known.TryGetValue(id, out var value))
        {
            return value;
        }

        value = await read(this, id);
        if (known.Count >= MaxEntries)
        {
            known.Clear();
        }

        known[id] = value;
        return value;
    }

    private sealed class Entries
    {
        public ConcurrentDictionary<(string, string), User?> Users { get; } = new();

        public ConcurrentDictionary<string, ApiKey?> Keys { get; } = new(StringComparer.Ordinal);

        public ConcurrentDictionary<string, string?> Grants { get; } = new(StringComparer.Ordinal);
    }

    private static partial class Log
    {
        [LoggerMessage(2442, LogLevel.Error, "The rules could not be read; those known stay in force until they can be")]
        public static partial void ReloadFailed(ILogger logger, Exception exception);
    }
}

/// <summary>All tenants and their roles at one time.</summary>
/// <param name="Tenants">By name.</param>
/// <param name="IsOpen">Whether nobody and nothing is configured or stored, so that everyone may do everything.</param>
/// <param name="HasStoredUsers">Whether there are users beside those of the configuration.</param>
internal sealed record RuleBook(FrozenDictionary<string, Tenant> Tenants, bool IsOpen, bool HasStoredUsers)
{
    public static RuleBook Empty { get; } = new(FrozenDictionary<string, Tenant>.Empty, IsOpen: false, HasStoredUsers: false);
}
