using System.Globalization;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Identity;
using Tidings.Gateway.Identity.Authentication;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Smc;

namespace Tidings.Gateway.Smc;

/// <summary>Login, logout and what a client asks first.</summary>
internal sealed class SmcLoginEndpoints(
    SmcCatalog catalog,
    SmcLogins logins,
    ISmcAccounts accounts,
    IClusterClient cluster,
    SessionDoor door,
    RateBook rates,
    IdentityAudit audit,
    IOptionsMonitor<SmcOptions> options)
{
    private const int MaxLoginBytes = 8 * 1024;

    /// <summary><c>POST login</c>: an API key.</summary>
    public async Task<SmcAnswer> LoginAsync(SmcCall call)
    {
        var body = await BodyReader.ReadAsync(call.Context.Request, MaxLoginBytes, call.Context.RequestAborted);
        if (body is null || SmcLogin.Read(body.Value) is not { } login)
        {
            return SmcAnswer.Error(StatusCodes.Status400BadRequest, "Login needs a JSON object with authenticationkey.");
        }

        return await EnterAsync(call, await accounts.FindByKeyAsync(call.Context, login.Key, login.Domain));
    }

    /// <summary><c>POST lms_login?login=…&amp;pwd=…&amp;domain=…</c>: user and password.</summary>
    public async Task<SmcAnswer> PasswordLoginAsync(SmcCall call)
    {
        var query = call.Context.Request.Query;
        var (user, password, domain) = (query["login"].ToString(), query["pwd"].ToString(), query["domain"].ToString());
        if (user.Length == 0 || password.Length == 0)
        {
            return SmcAnswer.Error(StatusCodes.Status400BadRequest, "Login needs login and pwd.");
        }

        return await EnterAsync(
            call, await accounts.FindByPasswordAsync(call.Context, user, password, domain.Length > 0 ? domain : SmcLogin.SharedDomain));
    }

    /// <summary><c>PUT logout</c>: the login and its sockets end, at every gateway.</summary>
    public async Task<SmcAnswer> LogoutAsync(SmcCall call)
    {
        if (await logins.FindAsync(call.Context) is not { } session)
        {
            return SmcAnswer.NotLoggedIn;
        }

        foreach (var socket in await logins.CloseAsync(call.Context, session.Id))
        {
            await door.CloseAsync(session.Record.Tenant, socket, SessionEnd.Kicked);
        }

        return new SmcAnswer(StatusCodes.Status204NoContent, []);
    }

    /// <summary><c>GET api</c>. Clients with a token do not send it here, and there is nothing secret in it.</summary>
    public async Task<SmcAnswer> EntryPointsAsync(SmcCall call)
    {
        if (options.CurrentValue.TokenMode)
        {
            return SmcAnswer.Ok(catalog.EntryPoints(call.Context, call.Version));
        }

        return await logins.FindAsync(call.Context) is { } session
            ? SmcAnswer.Ok(catalog.EntryPoints(call.Context, session.Version))
            : SmcAnswer.NotLoggedIn;
    }

    /// <summary><c>GET current_user</c>: where the user's own element is.</summary>
    public async Task<SmcAnswer> CurrentUserAsync(SmcCall call) => await logins.FindAsync(call.Context) is { } session
        ? SmcAnswer.Ok(SmcDocuments.Value(
            $"{catalog.RootOf(call.Context, session.Version)}/elements/{SmcCatalog.Users}/{session.Record.UserElement}"))
        : SmcAnswer.NotLoggedIn;

    private async Task<SmcAnswer> EnterAsync(SmcCall call, AuthenticationOutcome outcome)
    {
        if (outcome.RetryAfter is { } wait)
        {
            call.Context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return SmcAnswer.Error(StatusCodes.Status429TooManyRequests, "Login failed", "Too many failed logins.");
        }

        if (outcome.Caller is { } known && (rates.Of(call.Context).Handshake() ?? rates.LoggedIn(call.Context, known)) is { } tooMany)
        {
            return SmcAnswer.TooMany(call.Context, tooMany);
        }

        if (outcome.Caller is not { } account)
        {
            return SmcAnswer.Error(StatusCodes.Status401Unauthorized, "Login failed", "The credentials are not known.");
        }

        var users = cluster.GetGrain<ISmcElementsGrain>(SmcElementChange.KeyOf(account.Tenant, SmcCatalog.Users));
        var own = await users.Ensure(account.User, SmcElement.Named(account.User), SmcEventTypes.BodyOf(SmcEventTypes.Create));
        if (own.Element is not { } element || !await logins.OpenAsync(call.Context, account, call.Version, element.Id))
        {
            return SmcAnswer.Unavailable;
        }

        audit.LoggedIn("smc login", account, call.Context.Connection.RemoteIpAddress);
        return new SmcAnswer(StatusCodes.Status200OK, []);
    }
}
