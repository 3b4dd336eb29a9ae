using System.ComponentModel.DataAnnotations;

namespace Tidings.Gateway.Identity;

/// <summary>
/// Who may log in and what they may do, in configuration section <c>Tidings</c>. Names are <c>tenant/name</c>, or <c>name</c> in tenant
/// <c>default</c>. What is configured is read-only; the admin API manages the rest, which is kept in Redis or, standalone, in a file.
/// With none of it anywhere, neither configured nor kept, nobody is asked who they are. Users, roles and the bootstrap admin follow a settings file; a server
/// that had users does not open while it runs, when the last of them is taken out or what was kept is lost.
/// </summary>
public sealed record IdentityOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Tidings";

    /// <summary>Users by name. Default none.</summary>
    public Dictionary<string, UserOptions> Users { get; init; } = new(StringComparer.Ordinal);

    /// <summary>
    /// What roles may do, by name. Role <c>anonymous</c> is that of callers without credentials; role <c>admin</c> is built in: it may do
    /// everything in its tenant. Default none.
    /// </summary>
    public Dictionary<string, RoleOptions> Roles { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Who else issues tokens (JWT, RFC 7519), by a name of your own. Default none.</summary>
    public Dictionary<string, IssuerOptions> Issuers { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The first administrator, of all tenants; null for none. There is no default password.</summary>
    public BootstrapAdminOptions? BootstrapAdmin { get; init; }

    /// <summary>The server's own tokens.</summary>
    public TokenOptions Tokens { get; init; } = new();

    /// <summary>Where a standalone server keeps what its admin API manages. Default null: in memory, until it ends.</summary>
    public string? UserFile { get; init; }
}

/// <summary>A configured user.</summary>
public sealed record UserOptions
{
    /// <summary>The password; better from the environment or a secret store than from a file. Null: no log-in by password unless <see cref="PasswordHash"/> is set.</summary>
    public string? Password { get; init; }

    /// <summary>The password's hash, as ASP.NET Core's <c>PasswordHasher</c> makes it; wins over <see cref="Password"/>.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>The user's roles. Default none.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Whether the user is locked out. Default false.</summary>
    public bool Disabled { get; init; }
}

/// <summary>What a role may do: channel names and patterns by action. What no role of a user allows is denied.</summary>
public sealed record RoleOptions
{
    /// <summary>Channels to subscribe to and read. Default none.</summary>
    public IReadOnlyList<string> Subscribe { get; init; } = [];

    /// <summary>Channels to publish to. Default none.</summary>
    public IReadOnlyList<string> Publish { get; init; } = [];

    /// <summary>Channels whose first message may be published: one whose log never had a message needs this beside <see cref="Publish"/>. Default none.</summary>
    public IReadOnlyList<string> Create { get; init; } = [];

    /// <summary>Channels to manage. Default none.</summary>
    public IReadOnlyList<string> Manage { get; init; } = [];
}

/// <summary>Someone else who issues tokens. Keys come from <see cref="Authority"/>, <see cref="JwksUrl"/> or <see cref="KeyFile"/>, whichever is set.</summary>
public sealed record IssuerOptions
{
    /// <summary>The <c>iss</c> of its tokens.</summary>
    [Required]
    public string Issuer { get; init; } = "";

    /// <summary>The <c>aud</c> that its tokens for this server have.</summary>
    [Required]
    public string Audience { get; init; } = "";

    /// <summary>Where <c>/.well-known/openid-configuration</c> is (OpenID Connect Discovery 1.0).</summary>
    public string? Authority { get; init; }

    /// <summary>Where its JSON Web Key Set is (RFC 7517, section 5).</summary>
    public string? JwksUrl { get; init; }

    /// <summary>A file with its keys: a JSON Web Key Set, or public keys or certificates in PEM. Read again within a second of a change.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Whether keys may come over HTTP without TLS. Default false.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>The claim that names the tenant; null: every user is of <see cref="Tenant"/>. Default null.</summary>
    public string? TenantClaim { get; init; }

    /// <summary>The tenant of all its users while <see cref="TenantClaim"/> is null. Default <c>default</c>.</summary>
    public string Tenant { get; init; } = ChannelId.DefaultTenant;

    /// <summary>The claim that names the user. Default <c>sub</c>.</summary>
    public string UserClaim { get; init; } = "sub";

    /// <summary>The claim that lists roles. Default <c>roles</c>.</summary>
    public string RolesClaim { get; init; } = "roles";

    /// <summary>
    /// Whether its users are the server's own users of the same names. Then a token speaks for the sessions of the user of its name, and to
    /// disable that user ends it. Default false: they are others, called by the issuer's name here, a colon and their own name, such as <c>corp:alice</c>.
    /// </summary>
    public bool SharesUsers { get; init; }

    /// <summary>
    /// How much later than now by this server's clock a token may begin, as clocks differ. Default 30 seconds. It ends when it says: its sessions
    /// end then, too.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>The first administrator.</summary>
public sealed record BootstrapAdminOptions
{
    /// <summary>The name. Default <c>admin</c>.</summary>
    public string User { get; init; } = "admin";

    /// <summary>The password, required.</summary>
    [Required]
    public string Password { get; init; } = "";
}

/// <summary>The server's own tokens, in configuration section <c>Tidings:Tokens</c>.</summary>
public sealed record TokenOptions
{
    /// <summary>Their <c>iss</c> and <c>aud</c>. Default <c>tidings</c>.</summary>
    [Required]
    public string Issuer { get; init; } = "tidings";

    /// <summary>How long an access token is good for. Default 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a log-in can be prolonged by refresh tokens since the last time it was. Default 14 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "366.00:00:00")]
    public TimeSpan RefreshLifetime { get; init; } = TimeSpan.FromDays(14);

    /// <summary>How long a signing key signs before the next one does. Default 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "366.00:00:00")]
    public TimeSpan KeyLifetime { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long a log-in by session cookie lasts. Default 8 hours.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "366.00:00:00")]
    public TimeSpan CookieLifetime { get; init; } = TimeSpan.FromHours(8);

    /// <summary>The session cookie's name. Default <c>tidings</c>.</summary>
    public string CookieName { get; init; } = "tidings";
}
