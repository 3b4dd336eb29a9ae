using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Identity.Accounts;
using Tidings.Gateway.Identity.Authentication;
using Tidings.Gateway.Identity.Devices;
using Tidings.Gateway.Identity.Storage;

namespace Tidings.Gateway.Identity.Admin;

/// <summary>
/// Managing tenants, roles, users and API keys: <c>/api/admin/tenants/{tenant}/…</c>. Role <c>admin</c> manages its own tenant, role
/// <c>operator</c> every one. Changes are in force on every gateway within a second, and none is lost when two administrators make them at
/// once; with <c>If-Match</c> (<see cref="Preconditions"/>) one is made only to what its administrator saw.
/// </summary>
internal static class AdminEndpoint
{
    /// <summary>The largest body: some thousand patterns.</summary>
    private const int MostBytes = 256 * 1024;

    public static void MapAdmin(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/admin/tenants").WithTags("Administration").AllowAnonymous().WithMetadata(new RequestSizeLimitAttribute(MostBytes))
            .AddEndpointFilter(AdminFilter.CheckAsync)
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .AddOpenApiOperationTransformer(DescribeAsync);
        group.MapGet("", TenantAdmin.ListAsync).WithName("ListTenants").WithSummary("Lists the tenants that the caller manages").Produces<TenantView[]>();
        group.MapGet("/{tenant}", TenantAdmin.GetAsync).WithName("GetTenant").WithSummary("Shows a tenant and its roles").Produces<TenantView>();
        group.MapPut("/{tenant}", TenantAdmin.PutAsync).WithName("PutTenant").WithSummary("Adds a tenant, or changes whether it is disabled").Produces<TenantView>();
        group.MapDelete("/{tenant}", TenantAdmin.DeleteAsync).WithName("DeleteTenant").WithSummary("Removes a tenant with its users and keys").Produces(StatusCodes.Status204NoContent);
        group.MapPut("/{tenant}/roles/{role}", TenantAdmin.PutRoleAsync).WithName("PutRole").WithSummary("Says what a role may do").Produces<RoleOptions>();
        group.MapDelete("/{tenant}/roles/{role}", TenantAdmin.DeleteRoleAsync).WithName("DeleteRole").WithSummary("Removes a role").Produces(StatusCodes.Status204NoContent);
        group.MapGet("/{tenant}/users", UserAdmin.ListAsync).WithName("ListUsers").WithSummary("Lists a tenant's users").Produces<UserView[]>();
        group.MapGet("/{tenant}/users/{user}", UserAdmin.GetAsync).WithName("GetUser").WithSummary("Shows a user").Produces<UserView>();
        group.MapPut("/{tenant}/users/{user}", UserAdmin.PutAsync).WithName("PutUser").WithSummary("Adds or changes a user; without a password the old one stays").Produces<UserView>();
        group.MapDelete("/{tenant}/users/{user}", UserAdmin.DeleteAsync).WithName("DeleteUser").WithSummary("Removes a user and the user's keys").Produces(StatusCodes.Status204NoContent);
        group.MapGet("/{tenant}/keys", UserAdmin.ListKeysAsync).WithName("ListKeys").WithSummary("Lists a tenant's API keys").Produces<KeyView[]>();
        group.MapPost("/{tenant}/users/{user}/keys", UserAdmin.AddKeyAsync).WithName("AddKey").WithSummary("Makes an API key, which is shown this once").Produces<NewKey>();
        group.MapPut("/{tenant}/devices/{device}", DeviceAdmin.AcceptAsync).WithName("AcceptDevice").WithSummary("Accepts a device, which then fetches credentials of its own").Produces<DeviceView>();
        group.MapDelete("/{tenant}/devices/{device}", DeviceAdmin.WithdrawAsync).WithName("WithdrawDevice").WithSummary("Withdraws the acceptance of a device that has not fetched its credentials").Produces(StatusCodes.Status204NoContent);
        group.MapDelete("/{tenant}/keys/{key}", UserAdmin.DeleteKeyAsync).WithName("DeleteKey").WithSummary("Revokes an API key").Produces(StatusCodes.Status204NoContent);
    }

    private static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.HttpMethod is "PUT" or "DELETE")
        {
            operation.AddHeader("If-Match", "The ETag of the state that is to be changed; beside another one nothing is.");
        }

        return Task.CompletedTask;
    }
}

/// <summary>Lets administrators in, to the tenant of the route.</summary>
internal static class AdminFilter
{
    private static readonly string[] Names = ["tenant", "user", "role", "key", "device"];

    /// <summary>Whether a caller manages every tenant.</summary>
    public static bool IsOperator(Caller caller) => caller.Tenant == ChannelId.DefaultTenant && caller.Roles.Contains(BuiltInRoles.Operator);

    public static async ValueTask<object?> CheckAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        if (CallerIdentity.Of(context.User) is not { Caller: var caller })
        {
            CredentialGuard.Ask(context);
            return Problem(StatusCodes.Status401Unauthorized, "Administrators only.");
        }

        var tenant = context.GetRouteValue("tenant") as string;
        if (!IsOperator(caller) && (!caller.Roles.Contains(BuiltInRoles.Admin) || (tenant is not null && tenant != caller.Tenant)))
        {
            return Problem(StatusCodes.Status403Forbidden, "Administrators only.");
        }

        if (IsUnsaid(context, caller))
        {
            return Problem(StatusCodes.Status403Forbidden, "A change by cookie says which page makes it (Origin).");
        }

        if (Names.Any(part => context.GetRouteValue(part) is string name && !IsName(part, name)))
        {
            return Problem(StatusCodes.Status400BadRequest, "A name is 1 to 64 letters, digits and . _ @ -, the first a letter or digit.");
        }

        try
        {
            return await next(invocation);
        }
        catch (ConfiguredAccountException exception)
        {
            return Problem(StatusCodes.Status409Conflict, exception.Message);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException and not BadHttpRequestException)
        {
            // Its message names the file, which is for who runs the server to know.
            context.RequestServices.GetRequiredService<ILogger<FileIdentityStorage>>().NotSaved(exception);
            return Problem(StatusCodes.Status507InsufficientStorage, "The server could not save it, so nothing was changed; its log says why.");
        }
    }

    /// <summary>Users who log in at another issuer are no users here, but may be disabled.</summary>
    private static bool IsName(string part, string name) => IdentityName.IsValid(name) || (part == "user" && IdentityName.IsOfIssuer(name));

    /// <summary>
    /// Whether a change comes by a cookie, which browsers send without being asked, and does not say from which page: one that does is of this
    /// server's, or was refused before (<see cref="Hosting.OriginGuard"/>). Every browser says it with every change.
    /// </summary>
    private static bool IsUnsaid(HttpContext context, Caller caller) =>
        caller.Credential.StartsWith(CallerCheck.Cookie, StringComparison.Ordinal)
        && !HttpMethods.IsGet(context.Request.Method)
        && context.Request.Headers.Origin.Count == 0;

    /// <summary>What was done to an account, for the audit.</summary>
    /// <param name="wasDisabled">Whether it was disabled before; null: it is new.</param>
    /// <param name="isDisabled">Whether it is now.</param>
    public static string VerbOf(bool? wasDisabled, bool isDisabled) => (wasDisabled, isDisabled) switch
    {
        (null, _) => "add",
        (false, true) => "disable",
        (true, false) => "enable",
        _ => "change",
    };

    /// <summary>The administrator who calls.</summary>
    public static Caller Admin(this HttpContext context) => CallerIdentity.Of(context.User)!.Caller;

    public static ProblemHttpResult Problem(int status, string detail) => TypedResults.Problem(detail, statusCode: status);
}
