using Microsoft.Extensions.Options;

namespace Tidings.Grains.Smc;

/// <inheritdoc cref="ISmcSessionsGrain"/>
internal sealed class SmcSessionsGrain(
    [PersistentState("smc-logins", TidingsStorage.Name)] IPersistentState<SmcSessionsState> state, IOptions<TidingsLimits> limits, TimeProvider time)
    : Grain, ISmcSessionsGrain
{
    /// <summary>A use is stored when this part of the lifetime has passed since the last that was: a crash shortens a login by no more.</summary>
    private const int StoredUsesPerLifetime = 4;

    /// <summary>Sockets of one login that are told of its end at once.</summary>
    private const int MostSockets = 64;

    private Dictionary<string, SmcLoginEntry> Logins => state.State.Logins;

    public async Task<bool> Open(string id, SmcLoginRecord login, int most)
    {
        ForgetExpired();
        MakeRoomFor(login);
        if (Logins.Count >= most)
        {
            return false;
        }

        Logins[id] = new SmcLoginEntry { Login = login, UsedAt = Now, StoredAt = Now };
        await this.StoreAsync(state);
        return true;
    }

    public async Task<SmcLoginRecord?> Use(string id)
    {
        if (Find(id) is not { } entry)
        {
            return null;
        }

        entry.UsedAt = Now;
        if (entry.UsedAt - entry.StoredAt > entry.Login.Lifetime / StoredUsesPerLifetime)
        {
            entry.StoredAt = entry.UsedAt;
            await this.StoreAsync(state);
        }

        return entry.Login;
    }

    public async Task<bool> AddSocket(string id, string session)
    {
        if (Find(id) is not { } entry)
        {
            return false;
        }

        if (entry.Sockets.Count >= MostSockets)
        {
            // Perhaps left behind by a gateway that died. A socket that is not told of the end asks for itself.
            entry.Sockets.RemoveAt(0);
        }

        entry.Sockets.Add(session);
        await this.StoreAsync(state);
        return true;
    }

    public async Task RemoveSocket(string id, string session)
    {
        if (Find(id) is { } entry && entry.Sockets.Remove(session))
        {
            await this.StoreAsync(state);
        }
    }

    public async Task<string[]?> Close(string id)
    {
        if (Find(id) is not { } entry)
        {
            return null;
        }

        Logins.Remove(id);
        await this.StoreAsync(state);
        return [.. entry.Sockets];
    }

    private DateTimeOffset Now => time.GetUtcNow();

    private SmcLoginEntry? Find(string id) => Logins.TryGetValue(id, out var entry) && !IsExpired(entry) ? entry : null;

    private bool IsExpired(SmcLoginEntry entry) => Now - entry.UsedAt > entry.Login.Lifetime;

    /// <summary>Of one user's many log-ins, the one that was not used for the longest time makes room for another.</summary>
    private void MakeRoomFor(SmcLoginRecord login)
    {
        var own = Logins.Where(entry => entry.Value.Login.Tenant == login.Tenant && entry.Value.Login.User == login.User).ToList();
        if (own.Count >= limits.Value.SmcLoginsPerUser / SmcLoginRecord.Shards)
        {
            Logins.Remove(own.MinBy(static entry => entry.Value.UsedAt).Key);
        }
    }

    private void ForgetExpired()
    {
        foreach (var (id, entry) in Logins)
        {
            if (IsExpired(entry))
            {
                Logins.Remove(id);
            }
        }
    }
}

/// <summary>What the grain keeps.</summary>
[GenerateSerializer, Alias("tidings.SmcSessionsState")]
internal sealed class SmcSessionsState
{
    [Id(0)]
    public Dictionary<string, SmcLoginEntry> Logins { get; set; } = new(StringComparer.Ordinal);
}

/// <summary>A login.</summary>
[GenerateSerializer, Alias("tidings.SmcLoginEntry")]
internal sealed class SmcLoginEntry
{
    [Id(0)]
    public required SmcLoginRecord Login { get; set; }

    [Id(1)]
    public DateTimeOffset UsedAt { get; set; }

    [Id(2)]
    public DateTimeOffset StoredAt { get; set; }

    [Id(3)]
    public List<string> Sockets { get; set; } = [];
}
