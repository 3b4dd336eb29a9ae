namespace Tidings;

/// <summary>
/// Logins of SMC clients, which any gateway honours. Key: <see cref="SmcLoginRecord.ShardOf"/>, so that logins spread over grains, each of which
/// forgets what has expired. Secret ids never come here: logins are known by their public ids (<see cref="SessionId.PublicOf"/>).
/// </summary>
[Alias("tidings.ISmcSessionsGrain")]
public interface ISmcSessionsGrain : IGrainWithStringKey
{
    /// <summary>Stores a login. False when there are too many.</summary>
    [Alias("Open")]
    Task<bool> Open(string id, SmcLoginRecord login, int most);

    /// <summary>The login, prolonged by its lifetime; null if there is none or it has expired.</summary>
    [Alias("Use")]
    Task<SmcLoginRecord?> Use(string id);

    /// <summary>A notification socket (its public session id) belongs to the login. False if there is no such login.</summary>
    [Alias("AddSocket")]
    Task<bool> AddSocket(string id, string session);

    /// <summary>The socket is closed.</summary>
    [Alias("RemoveSocket")]
    Task RemoveSocket(string id, string session);

    /// <summary>Ends the login.</summary>
    /// <returns>Its open sockets; null if there was no such login.</returns>
    [Alias("Close")]
    Task<string[]?> Close(string id);
}

/// <summary>Who logged in, and how.</summary>
[GenerateSerializer, Immutable, Alias("tidings.SmcLoginRecord")]
public sealed record SmcLoginRecord
{
    /// <summary>How many grains keep log-ins.</summary>
    public const int Shards = 256;

    private const int ShardLength = 2;

    /// <summary>The tenant.</summary>
    [Id(0)] public required string Tenant { get; init; }

    /// <summary>The user.</summary>
    [Id(1)] public required string User { get; init; }

    /// <summary>The version of the API as the client wrote it.</summary>
    [Id(2)] public required string Version { get; init; }

    /// <summary>How long it lives unused.</summary>
    [Id(3)] public required TimeSpan Lifetime { get; init; }

    /// <summary>The id of the user's own element.</summary>
    [Id(4)] public required string UserElement { get; init; }

    /// <summary>What the user proved it with, such as <c>key:id</c>, to be looked up again at each use; no secret.</summary>
    [Id(5)] public required string Credential { get; init; }

    /// <summary>When that proof ends; null: not by itself.</summary>
    [Id(6)] public DateTimeOffset? Expires { get; init; }

    /// <summary>The grain that keeps a login: one of 256, by its public id.</summary>
    public static string ShardOf(string id) => id[..ShardLength];
}
