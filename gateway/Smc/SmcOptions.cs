using System.ComponentModel.DataAnnotations;

namespace Tidings.Gateway.Smc;

/// <summary>The SMC front end, in configuration section <c>Tidings:Smc</c>. Its bounds are in <see cref="TidingsLimits"/>.</summary>
public sealed record SmcOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Tidings:Smc";

    // What is configured takes the place of these: a list that has defaults is added to by the framework.
    private static readonly string[] UsualVersions = ["7.1", "7.2"];
    private static readonly string[] UsualUnlistedVersions = ["6.5"];
    private static readonly string[] UsualTypes =
        ["host", "router", "network", "address_range", "group", "domain_name", "fw_policy", "layer2_policy", "single_fw", "log_server", "mgt_server"];

    /// <summary>Versions that <c>GET /api</c> lists, in ascending order: two numbers each. Default 7.1 and 7.2.</summary>
    public IReadOnlyList<string> Versions { get; init; } = [];

    /// <summary>Versions that are served and not listed. Default 6.5, whose notifications hold arrays.</summary>
    public IReadOnlyList<string> UnlistedVersions { get; init; } = [];

    /// <summary>
    /// Types of elements: the RelNames that clients subscribe to. <c>admin_user</c>, the type of users, is always one. Default <c>host</c>, <c>router</c>,
    /// <c>network</c>, <c>address_range</c>, <c>group</c>, <c>domain_name</c>, <c>fw_policy</c>, <c>layer2_policy</c>, <c>single_fw</c>, <c>log_server</c>
    /// and <c>mgt_server</c>.
    /// </summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    internal IReadOnlyList<string> ListedVersions => Versions.Count > 0 ? Versions : UsualVersions;

    internal IEnumerable<string> ServedVersions => ListedVersions.Concat(UnlistedVersions.Count > 0 ? UnlistedVersions : UsualUnlistedVersions);

    internal IReadOnlyList<string> ElementTypes => Types.Count > 0 ? Types : UsualTypes;

    /// <summary>Who may log in with an API key. Default nobody.</summary>
    public IReadOnlyList<SmcKey> Keys { get; init; } = [];

    /// <summary>
    /// Whether a login is answered with a token in the header <c>Authorization</c> instead of the cookie <c>JSESSIONID</c>. Both are
    /// taken in any case. Default false.
    /// </summary>
    public bool TokenMode { get; init; }

    /// <summary>
    /// The tenants of administrative domains, for logins by password. Default none; <c>Shared Domain</c> is tenant <c>default</c>'s unless it is
    /// given to another. Other domains are refused.
    /// </summary>
    public Dictionary<string, string> Domains { get; init; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Whether a login counts for its connection, too, without cookie or token. Only for clients that connect directly: a proxy
    /// shares its connections among clients. Default false.
    /// </summary>
    public bool BindToConnection { get; init; }

    /// <summary>How long a login lives unused; an open notification socket uses it. Default 30 minutes.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan LoginLifetime { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// What hrefs begin with, such as <c>https://smc.example:8082</c>. Default null: scheme and host as the client called them.
    /// </summary>
    public string? BaseUrl { get; init; }

    /// <summary>How long a client may take to read what is written to its notification socket; then it is cut. Default 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan WritePatience { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>An API key.</summary>
public sealed record SmcKey
{
    /// <summary>The key.</summary>
    public string Key { get; init; } = "";

    /// <summary>The tenant of who has it. Default <c>default</c>.</summary>
    public string Tenant { get; init; } = ChannelId.DefaultTenant;

    /// <summary>The user that who has it is.</summary>
    public string User { get; init; } = "";

    /// <summary>The administrative domain it is for. Default null: any.</summary>
    public string? Domain { get; init; }

    /// <summary>Never with the key: records end up in logs.</summary>
    public override string ToString() => $"{nameof(SmcKey)} {{ Tenant = {Tenant}, User = {User} }}";
}
