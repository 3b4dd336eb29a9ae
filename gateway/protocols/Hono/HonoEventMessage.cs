using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;

namespace Tidings.Protocols.Hono;

/// <summary>
/// An event as Hono's Event API has it, for any bus: what AMQP 1.0 calls header, properties, application properties and message annotations.
/// A producer translates it; with AMQP the body is one Data section, sent unsettled, and done when the peer has accepted it.
/// </summary>
public sealed record HonoEventMessage
{
    private const string DeviceId = "device_id";

    /// <summary>The address: <c>event/{tenant}</c>; property <c>to</c>.</summary>
    public required string Address { get; init; }

    /// <summary>The device: the authenticated identity.</summary>
    public required string Device { get; init; }

    /// <summary>Property <c>message-id</c>: unique per producer.</summary>
    public required string MessageId { get; init; }

    /// <summary>Property <c>content-type</c>, a symbol in AMQP.</summary>
    public string ContentType { get; init; } = ConnectionEvent.ContentType;

    /// <summary>Property <c>creation-time</c>.</summary>
    public required DateTimeOffset CreationTime { get; init; }

    /// <summary>Header <c>durable</c>: always for events.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>Header <c>ttl</c>, in milliseconds on the wire; null for none.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Application properties: <c>device_id</c> (string), <c>qos</c> (int), and the tenant's defaults.</summary>
    public required ImmutableSortedDictionary<string, object> ApplicationProperties { get; init; }

    /// <summary>Message annotations: <c>tenant_id</c>, <c>device_id</c>, <c>resource</c>.</summary>
    public required ImmutableSortedDictionary<string, string> Annotations { get; init; }

    /// <summary>The body: JSON bytes.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The message of a connection event.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="tenant">The device's tenant.</param>
    /// <param name="device">The authenticated device.</param>
    /// <param name="sequence">Rises with each message of a producer.</param>
    /// <param name="now">The time.</param>
    /// <param name="defaults">The tenant's defaults.</param>
    public static HonoEventMessage Of(
        ConnectionEvent happened, string tenant, string device, long sequence, DateTimeOffset now, HonoTenantDefaults? defaults = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(tenant);
        ArgumentException.ThrowIfNullOrEmpty(device);
        var body = new ArrayBufferWriter<byte>();
        happened.Write(body);
        return new HonoEventMessage
        {
            Address = $"event/{tenant}",
            Device = device,
            MessageId = string.Create(CultureInfo.InvariantCulture, $"{happened.Source}-{sequence}"),
            CreationTime = now,
            TimeToLive = defaults?.TimeToLive,
            ApplicationProperties = Properties(defaults).Add(DeviceId, device).Add("qos", 1),
            Annotations = ImmutableSortedDictionary<string, string>.Empty
                .Add("tenant_id", tenant).Add(DeviceId, device).Add("resource", $"event/{tenant}/{device}"),
            Body = body.WrittenMemory,
        };
    }

    /// <summary>A default never replaces what the message itself says.</summary>
    private static ImmutableSortedDictionary<string, object> Properties(HonoTenantDefaults? defaults) =>
        (defaults?.Properties ?? ImmutableDictionary<string, object>.Empty)
            .Where(static pair => pair.Key is not (DeviceId or "qos" or "content-type" or "ttl"))
            .ToImmutableSortedDictionary(StringComparer.Ordinal);
}

/// <summary>What a tenant adds to its events.</summary>
public sealed record HonoTenantDefaults
{
    /// <summary>Most that a message may live (<c>resource-limits.max-ttl</c>); null: no bound.</summary>
    public TimeSpan? MaxTimeToLive { get; init; }

    /// <summary>How long a message lives unless it says otherwise (default <c>ttl</c>); null: not said.</summary>
    public TimeSpan? DefaultTimeToLive { get; init; }

    /// <summary>Further application properties.</summary>
    public IReadOnlyDictionary<string, object> Properties { get; init; } = ImmutableDictionary<string, object>.Empty;

    /// <summary>How long a message lives: the bound, lowered to the default where that is smaller; null: for ever.</summary>
    public TimeSpan? TimeToLive => (MaxTimeToLive, DefaultTimeToLive) switch
    {
        ({ } most, { } usual) => most < usual ? most : usual,
        ({ } most, null) => most,
        (null, var usual) => usual,
    };
}
