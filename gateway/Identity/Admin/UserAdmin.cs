using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Tidings.Gateway.Identity.Accounts;
using Tidings.Gateway.Identity.Authentication;

namespace Tidings.Gateway.Identity.Admin;

/// <summary>Users and their API keys.</summary>
internal static class UserAdmin
{
    private const int ShortestPassword = 8;
    private const int LongestPassword = 1024;
    private const string ElsewhereOnly = "This user logs in at its issuer, which says the roles: here it can be disabled and no more.";

    public static async Task<IResult> ListAsync(string tenant, IUserStore store) =>
        TypedResults.Ok((await store.UsersAsync(tenant)).Select(UserView.Of).ToArray());

    public static async Task<IResult> GetAsync(string tenant, string user, HttpContext context, IUserStore store) =>
        await store.FindUserAsync(tenant, user) is { } found ? Preconditions.Show(context, found.Version, UserView.Of(found)) : TenantAdmin.Unknown();

    public static async Task<IResult> PutAsync(
        string tenant, string user, UserChange change, HttpContext context, IUserStore store, AccountQuota quota, IPasswordHasher<User> hasher, IdentityAudit audit)
    {
        if (await TenantAdmin.FindAsync(store, tenant) is null)
        {
            return TenantAdmin.Unknown();
        }

        if (change.Password is { Length: < ShortestPassword or > LongestPassword })
        {
            return AdminFilter.Problem(StatusCodes.Status400BadRequest, $"A password has {ShortestPassword} to {LongestPassword} characters.");
        }

        if (IdentityName.IsOfIssuer(user) && (change.Password is not null || change.Roles is not null))
        {
            return AdminFilter.Problem(StatusCodes.Status400BadRequest, ElsewhereOnly);
        }

        if (await quota.RefuseUserAsync(tenant, user) is { } full)
        {
            return AdminFilter.Problem(StatusCodes.Status409Conflict, full);
        }

        IResult? refusal = null;
        User? before = null;
        var isOperator = AdminFilter.IsOperator(context.Admin());
        var changed = await store.ChangeUserAsync(
            tenant,
            user,
            old =>
            {
                before = old;
                var next = Apply(old ?? new User { Tenant = tenant, Name = user }, change, hasher);
                refusal = RefusalOf(old, next, isOperator);
                return refusal is null ? next : null;
            },
            context.Request.Version());
        if (changed.Value is not { } now)
        {
            return Preconditions.Explain(changed.Status, refusal);
        }

        audit.Changed(context, $"user.{AdminFilter.VerbOf(before?.Disabled, now.Disabled)}", $"{tenant}/{user}");
        return Preconditions.Show(context, now.Version, UserView.Of(now));
    }

    private static User Apply(User old, UserChange change, IPasswordHasher<User> hasher)
    {
        var changed = old with { Roles = change.Roles ?? old.Roles, Disabled = change.Disabled ?? old.Disabled };
        return change.Password is null ? changed : changed with { PasswordHash = hasher.HashPassword(changed, change.Password) };
    }

    private static ProblemHttpResult? RefusalOf(User? old, User changed, bool isOperator) =>
        changed.Roles.Any(static role => !IdentityName.IsValid(role)) ? AdminFilter.Problem(StatusCodes.Status400BadRequest, "A role's name is like a user's.")
        : (IsAbove(changed) || IsAbove(old)) && !isOperator
        ? AdminFilter.Problem(StatusCodes.Status403Forbidden, "Only an operator makes or changes users whose roles reach beyond a tenant.")
        : null;

    public static async Task<IResult> DeleteAsync(string tenant, string user, HttpContext context, IUserStore store, AccountQuota quota, IdentityAudit audit)
    {
        if (await IsAboveAsync(tenant, user, context, store))
        {
            return AdminFilter.Problem(StatusCodes.Status403Forbidden, "Only an operator removes users whose roles reach beyond a tenant.");
        }

        var removed = await store.RemoveUserAsync(tenant, user, context.Request.Version());
        if (removed != AccountChangeStatus.Done)
        {
            return Preconditions.Explain(removed, null);
        }

        quota.Removed(tenant);
        audit.Changed(context, "user.remove", $"{tenant}/{user}");
        return TypedResults.NoContent();
    }

    public static async Task<IResult> ListKeysAsync(string tenant, IUserStore store) =>
        TypedResults.Ok((await store.KeysAsync(tenant)).Select(KeyView.Of).ToArray());

    public static async Task<IResult> AddKeyAsync(
        string tenant, string user, HttpContext context, IUserStore store, AccountQuota quota, IdentityAudit audit, DateTimeOffset? expires = null)
    {
        if (await store.FindUserAsync(tenant, user) is null)
        {
            return TenantAdmin.Unknown();
        }

        if (IdentityName.IsOfIssuer(user))
        {
            return AdminFilter.Problem(StatusCodes.Status400BadRequest, ElsewhereOnly);
        }

        if (await IsAboveAsync(tenant, user, context, store))
        {
            return AdminFilter.Problem(StatusCodes.Status403Forbidden, "Only an operator makes keys of users whose roles reach beyond a tenant.");
        }

        if (await quota.RefuseKeyAsync(tenant) is { } full)
        {
            return AdminFilter.Problem(StatusCodes.Status409Conflict, full);
        }

        var (key, text) = ApiKeyLogin.New(tenant, user, expires);
        await store.SaveAsync(key);
        audit.Changed(context, "key.add", $"{tenant}/{user} {key.Id}");
        return TypedResults.Ok(new NewKey(key.Id, text));
    }

    public static async Task<IResult> DeleteKeyAsync(string tenant, string key, HttpContext context, IUserStore store, AccountQuota quota, IdentityAudit audit)
    {
        if (await store.FindKeyAsync(key) is not { } found || found.Tenant != tenant)
        {
            return TenantAdmin.Unknown();
        }

        if (await IsAboveAsync(tenant, found.User, context, store))
        {
            return AdminFilter.Problem(StatusCodes.Status403Forbidden, "Only an operator revokes keys of users whose roles reach beyond a tenant.");
        }

        await store.RemoveKeyAsync(key);
        quota.Removed(tenant);
        audit.Changed(context, "key.revoke", $"{tenant}/{found.User} {key}");
        return TypedResults.NoContent();
    }

    private static bool IsAbove(User? user) => user?.Roles.Any(BuiltInRoles.IsAboveTenants) == true;

    /// <summary>Whether a user's roles reach beyond its tenant and the caller's do not.</summary>
    private static async Task<bool> IsAboveAsync(string tenant, string user, HttpContext context, IUserStore store) =>
        !AdminFilter.IsOperator(context.Admin()) && IsAbove(await store.FindUserAsync(tenant, user));
}

/// <summary>A change to a user; what is null stays.</summary>
internal sealed record UserChange(string? Password = null, IReadOnlyList<string>? Roles = null, bool? Disabled = null);

/// <summary>A user as administrators see one.</summary>
internal sealed record UserView(string Name, IReadOnlyList<string> Roles, bool Disabled)
{
    public static UserView Of(User user) => new(user.Name, user.Roles, user.Disabled);
}

/// <summary>An API key as administrators see one.</summary>
internal sealed record KeyView(string Id, string User, DateTimeOffset? Expires)
{
    public static KeyView Of(ApiKey key) => new(key.Id, key.User, key.Expires);
}

/// <summary>A new API key.</summary>
/// <param name="Id">Its id, to revoke it by.</param>
/// <param name="Key">The key itself, shown this once.</param>
internal sealed record NewKey(string Id, string Key);
