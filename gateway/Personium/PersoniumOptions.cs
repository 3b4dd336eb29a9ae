using System.ComponentModel.DataAnnotations;
using Tidings.Protocols.Personium;

namespace Tidings.Gateway.Personium;

/// <summary>Personium's stream collections, in configuration section <c>Tidings:Personium</c>. Cells are tenants. All but <see cref="UnitFqdn"/> follows changes.</summary>
public sealed class PersoniumOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Tidings:Personium";

    /// <summary>
    /// The unit's host name, without a port: requests to <c>{cell}.{UnitFqdn}</c> are the cell's, and nothing else is served there. Default
    /// unset: cells are the first segment of paths alone. Read at the start.
    /// </summary>
    public string? UnitFqdn { get; set; }

    /// <summary>The boxes there are, as <c>cell/box</c>. Default none: every name is a box, which whoever manages it may fill.</summary>
    public IList<string> Boxes { get; } = [];

    /// <summary>How <c>Timestamp</c> counts: <c>Seconds</c>, as Personium's documentation shows it, or <c>Milliseconds</c>, as its server sends it. Default <c>Seconds</c>.</summary>
    public StreamTimestamp Timestamp { get; set; } = StreamTimestamp.Seconds;

    /// <summary>How long a socket may take to send its token. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan TokenWithin { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long after its token's end a socket waits to tell so, should its client send something; then it is closed. Default 30 s, at most 60.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan ExpiredWithin { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a socket is pinged. Default one minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan PingEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Pings that may stay unanswered; when the next one is due, the socket is closed. Default 10.</summary>
    [Range(1, 1000)]
    public int UnansweredPings { get; set; } = 10;

    /// <summary>How long a write to a socket may take before its client counts as gone. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan WritePatience { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Largest body of XML, in bytes. Default 256 KiB.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int XmlBytes { get; set; } = 256 * 1024;
}
