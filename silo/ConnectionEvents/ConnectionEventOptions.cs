using System.ComponentModel.DataAnnotations;

namespace Tidings.Silo.ConnectionEvents;

/// <summary>
/// Connection events (Eclipse Hono, "Connection Events"), in configuration section <c>Tidings:ConnectionEvents</c> of the process that has the
/// silo.
/// </summary>
public sealed class ConnectionEventOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Tidings:ConnectionEvents";

    /// <summary>
    /// <c>logging</c>, <c>events</c>, <c>none</c>, or the name of an <see cref="IConnectionEventProducer"/> of your own; case does not matter. What
    /// is not known is <c>none</c>. Unset, <c>hono.connectionEvents.producer</c> is asked, then <c>HONO_CONNECTIONEVENTS_PRODUCER</c> and
    /// <c>HONO_CONNECTION_EVENTS_PRODUCER</c>. Default <c>logging</c>.
    /// </summary>
    public string? Producer { get; set; }

    /// <summary>The level of <c>logging</c>, <c>info</c> or <c>debug</c>; also <c>hono.connectionEvents.logLevel</c>. Default <c>info</c>.</summary>
    public string? LogLevel { get; set; }

    /// <summary>Events that wait for a producer; when there are more, new ones are dropped and counted. Default 10,000.</summary>
    [Range(1, 10_000_000)]
    public int QueueLength { get; set; } = 10_000;

    /// <summary>How long an event that a producer does not take is tried again; then it is dropped and counted. Default five minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Whether a session is refused when its <c>connected</c> is not taken within <see cref="RequiredWithin"/>, as Hono's adapters do. Default
    /// false: whoever consumes events does not hold clients up.
    /// </summary>
    public bool Required { get; set; }

    /// <summary>How long a session waits where events are required. Default two seconds, at most 2.5: its front end waits no longer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:02.500")]
    public TimeSpan RequiredWithin { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The broker that <c>events</c> go to, beside the channel <c>/event/{tenant}</c>. Default none.</summary>
    public AmqpEventOptions Amqp { get; set; } = new();

    /// <summary>What tenants add to their events, by tenant; <c>*</c> for those not named.</summary>
    public Dictionary<string, TenantEventOptions> Tenants { get; } = new(StringComparer.Ordinal);
}

/// <summary>An AMQP 1.0 broker.</summary>
public sealed class AmqpEventOptions
{
    /// <summary>Its URL, <c>amqp://user:password@host:5672</c> or <c>amqps://…</c>. Unset: events stay in Tidings.</summary>
    public string? Url { get; set; }

    /// <summary>
    /// The address to send to; <c>{tenant}</c> stands for the tenant. Default <c>event/{tenant}</c>. RabbitMQ 3 takes a path there for one of its
    /// own, and wants <c>event%2F{tenant}</c>.
    /// </summary>
    [Required]
    public string AddressTemplate { get; set; } = "event/{tenant}";

    /// <summary>Most links, one a tenant, that are kept open. Default 256.</summary>
    [Range(1, 60_000)]
    public int Links { get; set; } = 256;
}

/// <summary>What a tenant adds to its events.</summary>
public sealed class TenantEventOptions
{
    private const double LongestSeconds = 100.0 * 366 * 24 * 60 * 60;

    /// <summary>Most that an event may live, in seconds. Default: no bound.</summary>
    [Range(1, LongestSeconds)]
    public long? MaxTtl { get; set; }

    /// <summary>How long an event lives, in seconds. Default: not said.</summary>
    [Range(1, LongestSeconds)]
    public long? Ttl { get; set; }

    /// <summary>Further application properties, text.</summary>
    public Dictionary<string, string> Properties { get; } = new(StringComparer.Ordinal);
}
