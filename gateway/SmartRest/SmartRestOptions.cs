using System.ComponentModel.DataAnnotations;
using Tidings.Protocols.SmartRest;

namespace Tidings.Gateway.SmartRest;

/// <summary>The SmartREST endpoint, in configuration section <c>Tidings:SmartRest</c>.</summary>
public sealed record SmartRestOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Tidings:SmartRest";

    /// <summary>Most rows in one body. Default 1,000. Beyond: one error row, the rest is not read.</summary>
    [Range(1, 100_000)]
    public int RowsPerRequest { get; init; } = 1000;

    /// <summary>Most templates in one set. Default 1,000. Beyond: the set is not created.</summary>
    [Range(1, 100_000)]
    public int TemplatesPerSet { get; init; } = 1000;

    /// <summary>
    /// Most bytes of rows in one response, where one more batch of messages may end. Default 4 MiB. Beyond: request rows that remain are
    /// not carried out and answered with <c>50,line,413</c>; notifications wait for the next poll.
    /// </summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int ResponseBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Most bytes of template rows kept compiled in a gateway. Default 64 MiB. Beyond: the least used are compiled again when needed.</summary>
    [Range(1024, int.MaxValue)]
    public int CachedTemplateBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How long a set is used without asking whether it was deleted meanwhile. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan TemplateFreshness { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a poll is held when nothing is there to deliver. Default 90 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "02:00:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(5_400_000);

    /// <summary>How often a held poll gets a space, as a sign of life. Default 10 minutes, which clients wait a little longer than.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a session lives without a poll under way. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SessionLifetime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How advice and notifications are written. Default <see cref="RealtimeFormat.Auto"/>.</summary>
    public RealtimeFormat RealtimeFormat { get; init; }

    /// <summary>As <see cref="RealtimeFormat"/>, for requests at an endpoint such as <c>/cep/realtime</c>. Default none.</summary>
    public IReadOnlyDictionary<string, RealtimeFormat> EndpointFormats { get; init; } = new Dictionary<string, RealtimeFormat>();

    /// <summary>As <see cref="RealtimeFormat"/>, for requests with an X-Id, whatever the endpoint. Default none.</summary>
    public IReadOnlyDictionary<string, RealtimeFormat> XIdFormats { get; init; } = new Dictionary<string, RealtimeFormat>();

    internal RealtimeFormat FormatOf(string endpoint, string xid) =>
        XIdFormats.TryGetValue(xid, out var format) || EndpointFormats.TryGetValue(endpoint, out format) ? format : RealtimeFormat;

    internal SmartRestLimits LimitsOf(TidingsLimits limits) =>
        new() { MaxRows = RowsPerRequest, MaxTemplates = TemplatesPerSet, MaxJsonDepth = limits.JsonDepth };
}
