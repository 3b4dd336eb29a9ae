namespace Tidings;

/// <summary>One channel of one tenant. Tenants never see each other's channels.</summary>
/// <param name="Tenant">The tenant's name; <c>default</c> where there is only one.</param>
/// <param name="Name">The canonical channel name (<see cref="ChannelName"/>).</param>
[GenerateSerializer, Immutable, Alias("tidings.ChannelId")]
public readonly record struct ChannelId([property: Id(0)] string Tenant, [property: Id(1)] string Name)
{
    /// <summary>The tenant of everyone until tenants are configured.</summary>
    public const string DefaultTenant = "default";

    /// <summary>
    /// The tenant of what gateways publish to themselves, to see whether the cluster works. No caller is of it, as its name is none that a tenant can have,
    /// and what happens there is not counted.
    /// </summary>
    public const string HealthTenant = "$health";

    /// <summary>The channel grain's key: <c>{tenant}{name}</c>; a name starts with a slash and a tenant holds none.</summary>
    public string ToKey() => Tenant + Name;

    /// <summary>The reverse of <see cref="ToKey"/>.</summary>
    public static ChannelId FromKey(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return new ChannelId(key[..slash], key[slash..]);
    }

    /// <inheritdoc/>
    public override string ToString() => ToKey();
}

/// <summary>What a publisher hands in. The body is bytes of a media type; nobody changes them after publishing.</summary>
[GenerateSerializer, Immutable, Alias("tidings.PublishItem")]
public sealed record PublishItem
{
    /// <summary>The body, as published.</summary>
    [Id(0)] public required byte[] Body { get; init; }

    /// <summary>The body's media type; null is <c>application/json</c>.</summary>
    [Id(1)] public string? MediaType { get; init; }

    /// <summary>The public session id of the publisher, if it is a session.</summary>
    [Id(2)] public string? Publisher { get; init; }

    /// <summary>Bayeux <c>ext</c> of the published message: a JSON object, delivered with it.</summary>
    [Id(3)] public byte[]? Ext { get; init; }

    /// <summary>Further members of a Bayeux message, delivered with it: <c>"name":value</c>, comma separated.</summary>
    [Id(4)] public byte[]? Extras { get; init; }

    /// <summary>Names this publish among all others (<see cref="PublishKey"/>): repeated, it is stored once. Null: each time is a new one.</summary>
    [Id(5)] public Guid? Key { get; init; }

    /// <summary>The span of its publish as W3C Trace Context writes it (<c>traceparent</c>), if the message is followed (<see cref="MessageTrace"/>); otherwise null.</summary>
    [Id(6)] public string? Trace { get; init; }

    /// <summary>When a gateway took it, in microseconds since 1970 UTC by that gateway's clock. 0 where that is not known, as in what was read from a log.</summary>
    [Id(7)] public long PublishedAt { get; init; }

    /// <summary>Bytes this message is counted with against bounds.</summary>
    public int Size => Body.Length + (MediaType?.Length ?? 0) + (Ext?.Length ?? 0) + (Extras?.Length ?? 0);
}

/// <summary>A message as the log of its channel holds it.</summary>
[GenerateSerializer, Immutable, Alias("tidings.Message")]
public sealed class Message
{
    /// <summary>Its place in the channel: consecutive, from 1.</summary>
    [Id(0)] public required long Offset { get; init; }

    /// <summary>When the channel took it, in milliseconds since 1970 UTC.</summary>
    [Id(1)] public required long Time { get; init; }

    /// <summary>What was published.</summary>
    [Id(2)] public required PublishItem Item { get; init; }

    /// <inheritdoc cref="PublishItem.Size"/>
    public int Size => Item.Size;
}

/// <summary>Consecutive messages of one channel.</summary>
[GenerateSerializer, Immutable, Alias("tidings.ChannelBatch")]
public sealed class ChannelBatch
{
    /// <summary>The channel.</summary>
    [Id(0)] public required ChannelId Channel { get; init; }

    /// <summary>The incarnation of the channel's log: offsets of different epochs must not be compared.</summary>
    [Id(1)] public required long Epoch { get; init; }

    /// <summary>The messages; empty in an announcement of the head.</summary>
    [Id(2)] public required Message[] Messages { get; init; }

    /// <summary>The channel's last offset when this was sent.</summary>
    [Id(3)] public required long Head { get; init; }

    /// <summary>Bytes its messages are counted with against bounds.</summary>
    public long Size
    {
        get
        {
            var bytes = 0L;
            foreach (var message in Messages)
            {
                bytes += message.Size;
            }

            return bytes;
        }
    }
}
