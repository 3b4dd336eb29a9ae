using System.Security.Claims;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Identity;
using Tidings.Protocols.Smc;

namespace Tidings.Gateway.Smc;

/// <summary>A login as a request uses it.</summary>
/// <param name="Id">Its public id.</param>
/// <param name="Record">Who, and with which version.</param>
/// <param name="Version">The version.</param>
/// <param name="Principal">The user as of now, for the authorization policy.</param>
internal sealed record SmcSession(string Id, SmcLoginRecord Record, SmcVersion Version, ClaimsPrincipal Principal);

/// <summary>
/// Logins: random secrets that a client sends back in a cookie, a header or, if so configured, by using the same connection. Any gateway
/// honours them, since grains keep them.
/// </summary>
internal sealed class SmcLogins(IClusterClient cluster, ISmcAccounts accounts, IOptionsMonitor<SmcOptions> options, IOptions<TidingsLimits> limits)
{
    /// <summary>The protocol of a socket's upgrade that carries a token beside it.</summary>
    public const string TokenProtocol = "access_token";

    private const string Scheme = "smc";
    private const string Cookie = "JSESSIONID";
    private const int MaxSecretLength = 64;
    private static readonly object ConnectionKey = new();

    /// <summary>Logs someone in and puts the secret into the response. False when there are too many logins.</summary>
    public async Task<bool> OpenAsync(HttpContext context, Caller account, SmcVersion version, string userElement)
    {
        var secret = SessionId.NewSecret();
        var id = SessionId.PublicOf(secret);
        var record = new SmcLoginRecord
        {
            Tenant = account.Tenant,
            User = account.User,
            Version = version.Text,
            Lifetime = options.CurrentValue.LoginLifetime,
            UserElement = userElement,
            Credential = account.Credential,
            Expires = account.Expires,
        };
        if (!await GrainOf(id).Open(id, record, limits.Value.SmcLogins / SmcLoginRecord.Shards))
        {
            return false;
        }

        Hand(context, secret);
        return true;
    }

    /// <summary>The login that a request uses; null if it uses none. Counts as a use.</summary>
    public async Task<SmcSession?> FindAsync(HttpContext context)
    {
        foreach (var secret in SecretsOf(context).Where(static secret => secret is { Length: > 0 and <= MaxSecretLength }))
        {
            if (await FindAsync(SessionId.PublicOf(secret!)) is { } session)
            {
                return session;
            }
        }

        return null;
    }

    private async Task<SmcSession?> FindAsync(string id) =>
        await GrainOf(id).Use(id) is { } record && SmcVersion.TryParse(record.Version, out var version)
        && await accounts.RefreshAsync(record) is { } caller
            ? new SmcSession(id, record, version, new ClaimsPrincipal(new CallerIdentity(caller, Scheme)))
            : null;

    /// <summary>Whether a login lives; counts as a use.</summary>
    public async Task<bool> IsOpenAsync(string id) => await GrainOf(id).Use(id) is { } record && await accounts.RefreshAsync(record) is not null;

    /// <summary>A socket belongs to a login. False if the login is over.</summary>
    public Task<bool> AddSocketAsync(string id, string session) => GrainOf(id).AddSocket(id, session);

    /// <summary>The socket is closed.</summary>
    public Task RemoveSocketAsync(string id, string session) => GrainOf(id).RemoveSocket(id, session);

    /// <summary>Ends a login; gives the public session ids of its sockets.</summary>
    public async Task<string[]> CloseAsync(HttpContext context, string id)
    {
        context.Features.Get<IConnectionItemsFeature>()?.Items.Remove(ConnectionKey);
        return await GrainOf(id).Close(id) ?? [];
    }

    private void Hand(HttpContext context, string secret)
    {
        var current = options.CurrentValue;
        if (current.BindToConnection && context.Features.Get<IConnectionItemsFeature>() is { } connection)
        {
            connection.Items[ConnectionKey] = secret;
        }

        if (current.TokenMode)
        {
            context.Response.Headers.Authorization = secret;
            return;
        }

        context.Response.Cookies.Append(Cookie, secret, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
            Path = "/",
        });
    }

    /// <summary>What may show a login. One that is over, such as a cookie that a client still has, does not stand in another's way.</summary>
    private IEnumerable<string?> SecretsOf(HttpContext context)
    {
        yield return context.Request.Cookies[Cookie];
        if (context.WebSockets.WebSocketRequestedProtocols is { Count: 2 } protocols && protocols.Contains(TokenProtocol))
        {
            yield return protocols.FirstOrDefault(static protocol => protocol != TokenProtocol);
        }

        yield return context.Request.Headers.Authorization;
        if (options.CurrentValue.BindToConnection && context.Features.Get<IConnectionItemsFeature>() is { } connection)
        {
            yield return connection.Items.TryGetValue(ConnectionKey, out var bound) ? (string?)bound : null;
        }
    }

    private ISmcSessionsGrain GrainOf(string id) => cluster.GetGrain<ISmcSessionsGrain>(SmcLoginRecord.ShardOf(id));
}
