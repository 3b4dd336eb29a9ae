using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Identity;
using Tidings.Gateway.Identity.Authentication;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>Credentials in a message's <c>ext</c>, for browsers, whose WebSockets carry no header of their own.</summary>
/// <param name="User"><c>tenant/user</c> or <c>user</c>; null with a token.</param>
/// <param name="Secret">The password, the token or the API key.</param>
internal sealed record ExtCredentials(string? User, string Secret);

/// <summary>Finds credentials in an <c>ext</c>; endpoints with a dialect of their own register another.</summary>
internal interface IExtCredentialsReader
{
    /// <summary>The member of an <c>ext</c> that it reads.</summary>
    string Member { get; }

    /// <summary>The credentials; null if there are none in this dialect.</summary>
    ExtCredentials? Read(JsonElement ext);
}

/// <summary><c>"authentication":{"user":…,"password":…}</c> or <c>"authentication":{"token":…}</c>, as CometD's documentation has it.</summary>
internal sealed class AuthenticationExt : IExtCredentialsReader
{
    public string Member => "authentication";

    public ExtCredentials? Read(JsonElement ext)
    {
        if (!ext.TryGetProperty(Member, out var said))
        {
            return null;
        }

        return Text(said, "token") is { } token
            ? new ExtCredentials(null, token)
            : new ExtCredentials(Text(said, "user") ?? Text(said, "username") ?? "", Text(said, "password") ?? Text(said, "credentials") ?? "");
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>Who speaks in an exchange: whom the request's credentials name, or those in the message.</summary>
internal sealed class BayeuxCallers(CredentialChecker credentials, CallerCheck check, IEnumerable<IExtCredentialsReader> readers, AnonymousAccess door, IdentityAudit audit)
{
    // How deep a message may be is decided where it is read.
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = int.MaxValue };
    private static readonly ClaimsPrincipal Nobody = new(new ClaimsIdentity());
    private readonly IExtCredentialsReader[] _readers = [.. readers];
    private readonly byte[][] _members = [.. readers.Select(static reader => Encoding.UTF8.GetBytes(reader.Member))];

    /// <summary>Finds out who opens a session.</summary>
    /// <returns>Null if it may go on; otherwise why not.</returns>
    public async ValueTask<AuthorizationDecision?> HandshakeAsync(BayeuxCall call, BayeuxMessage message)
    {
        var context = call.Exchange.HttpContext;
        if (Read(message) is { } said)
        {
            var anonymous = CallerIdentity.Of(context.User) is null;
            if (await TakeAsync(call, said) is { } refused)
            {
                return refused.RetryAfter is { } wait
                    ? new AuthorizationDecision { Reason = "too_many_logins", Reconnect = "handshake", ReconnectInterval = wait }
                    : AuthorizationDecision.Denied;
            }

            call.ByHandshake = anonymous;
        }
        else if (CallerIdentity.Of(context.User) is { } identity && !await check.IsCurrentAsync(identity))
        {
            // A socket outlived what its upgrade had shown.
            context.User = Nobody;
        }

        if (CallerIdentity.Of(context.User) is null && context.User.Identity is not { IsAuthenticated: true } && !door.Allows(context))
        {
            audit.Nobody("handshake", context.Request.Path, context.Connection.RemoteIpAddress);
            return AuthorizationDecision.Denied;
        }

        call.Exchange.MoveTo(CallerIdentity.Of(context.User)?.Caller.Tenant);
        return null;
    }

    /// <summary>Takes fresh credentials of a connect. False if they are refused.</summary>
    public async ValueTask<bool> RenewAsync(BayeuxCall call, BayeuxMessage message) => Read(message) is not { } said || await TakeAsync(call, said) is null;

    /// <summary>
    /// What of a published message's <c>ext</c> others may have: all but credentials, which some clients put into every message that they send. Null for
    /// nothing.
    /// </summary>
    public byte[]? WithoutCredentials(ReadOnlyMemory<byte> ext) => ext.IsEmpty ? null : BayeuxExt.Without(ext, _members);

    /// <summary>A request without credentials speaks for the session that it names, in that session's tenant.</summary>
    public static void FindTenant(BayeuxCall call, string secret)
    {
        if (CallerIdentity.Of(call.Exchange.HttpContext.User) is null && SessionId.TenantOf(secret) is var tenant && IdentityName.IsValid(tenant))
        {
            call.Exchange.MoveTo(tenant);
        }
    }

    private async ValueTask<AuthenticationOutcome?> TakeAsync(BayeuxCall call, ExtCredentials said)
    {
        var context = call.Exchange.HttpContext;
        var outcome = said.User is null ? await credentials.BearerAsync(context, said.Secret) : await credentials.PasswordAsync(context, said.User, said.Secret);
        if (outcome.Caller is not { } caller)
        {
            return outcome;
        }

        context.User = new ClaimsPrincipal(new CallerIdentity(caller, "Bayeux"));
        call.Exchange.MoveTo(caller.Tenant);
        return null;
    }

    private ExtCredentials? Read(BayeuxMessage message)
    {
        if (message.Ext.IsEmpty)
        {
            return null;
        }

        try
        {
            using var ext = JsonDocument.Parse(message.Ext, Deep);
            return ext.RootElement.ValueKind == JsonValueKind.Object
                ? _readers.Select(reader => reader.Read(ext.RootElement)).FirstOrDefault(static found => found is not null)
                : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair is valid JSON and no text (RFC 8259, section 8.2). Nobody is called so: refused as any wrong credentials.
            return new ExtCredentials("", "");
        }
    }
}
