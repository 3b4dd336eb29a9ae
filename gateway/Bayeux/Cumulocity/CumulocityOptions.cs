using System.ComponentModel.DataAnnotations;

namespace Tidings.Gateway.Bayeux.Cumulocity;

/// <summary>JSON Bayeux on the real-time endpoints of Cumulocity's API, in configuration section <c>Tidings:Cumulocity</c>.</summary>
public sealed record CumulocityOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Tidings:Cumulocity";

    /// <summary>How long a connect is held when nothing is there to deliver. Default 5,400,000 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "02:00:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(5_400_000);

    /// <summary>The longest time that a client may ask for with <c>advice.timeout</c>. Default 7,200,000 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan LongestTimeout { get; init; } = TimeSpan.FromMilliseconds(7_200_000);

    /// <summary>How long a session lives without a connect under way. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest life without a connect that a client may ask for with a positive <c>advice.interval</c>. Default 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan MaxClientInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Most connections, polls that are held and WebSockets, that a user has to one channel at a gateway, SmartREST's counted with them.
    /// Default 10; 0 is unlimited. Beyond: the oldest is closed within a second, its session stays. Anonymous callers are not counted.
    /// </summary>
    [Range(0, 1_000_000)]
    public int ConnectionsPerChannel { get; init; } = 10;

    /// <summary>How often a held long poll gets a space, as a sign of life. Default 10 minutes, which clients wait a little longer than.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromMinutes(10);
}
