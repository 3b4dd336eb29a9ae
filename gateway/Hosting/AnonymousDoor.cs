using Microsoft.AspNetCore.Authorization;

namespace Tidings.Gateway.Hosting;

/// <summary>
/// Refuses callers without credentials where they are not served. Endpoints with <see cref="IAllowAnonymous"/> are open to all. An endpoint
/// with <see cref="CredentialsInMessages"/> is passed where authentication is configured; it asks <see cref="AnonymousAccess"/> for
/// those who then still have none.
/// </summary>
internal sealed class AnonymousDoor(
    RequestDelegate next, AnonymousAccess anonymous, IAuthenticationPresence presence, GatewayMetrics metrics, IAudit audit)
{
    public Task InvokeAsync(HttpContext context) =>
        context.User.Identity is { IsAuthenticated: true } || ServerEndpoint.IsForeign(context) || anonymous.Allows(context) || IsOpen(context.GetEndpoint())
            ? next(context)
            : RefuseAsync(context);

    private bool IsOpen(Endpoint? endpoint) => endpoint is null
        || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null
        || (presence.IsConfigured && endpoint.Metadata.GetMetadata<CredentialsInMessages>() is not null);

    private Task RefuseAsync(HttpContext context)
    {
        audit.Refused(null, null, "request", context.Request.Path, "no credentials", context.Connection.RemoteIpAddress);
        if (presence.IsConfigured)
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"Tidings\", charset=\"UTF-8\"";
        }

        return Refusals.WriteAsync(context, metrics, StatusCodes.Status401Unauthorized, presence.IsConfigured
            ? "Credentials are needed."
            : "Callers without credentials are served in the Development environment only. Configure users, or set Tidings:Anonymous=true.");
    }
}

/// <summary>Metadata of an endpoint whose messages may carry credentials themselves, such as a Bayeux handshake's <c>ext</c>.</summary>
internal sealed class CredentialsInMessages;
