using Microsoft.AspNetCore.Http.HttpResults;
using Tidings.Gateway.Identity;
using Tidings.Gateway.Identity.Admin;

namespace Tidings.Gateway.Administration;

/// <summary>What an administrator may look at: an operator every tenant, everybody else their own.</summary>
internal static class AdminScope
{
    /// <summary>Stands for every tenant.</summary>
    public const string All = "*";

    /// <summary>The tenant that a request is about.</summary>
    /// <param name="context">The request, of an administrator.</param>
    /// <param name="said">What <c>?tenant=</c> says; null: the administrator's own.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="refusal">Why it is refused.</param>
    public static bool TryTenant(HttpContext context, string? said, out string tenant, out ProblemHttpResult? refusal)
    {
        var admin = context.Admin();
        tenant = string.IsNullOrEmpty(said) ? admin.Tenant : said;
        refusal = tenant == admin.Tenant || (AdminFilter.IsOperator(admin) && IdentityName.IsValid(tenant)) ? null
            : IdentityName.IsValid(tenant) ? AdminFilter.Problem(StatusCodes.Status403Forbidden, "This is another tenant's.")
            : AdminFilter.Problem(StatusCodes.Status400BadRequest, "This is no tenant's name.");
        return refusal is null;
    }

    /// <summary>As above, where operators may ask for all tenants: <paramref name="tenant"/> is null then.</summary>
    public static bool TryTenants(HttpContext context, string? said, out string? tenant, out ProblemHttpResult? refusal)
    {
        if (said == All && AdminFilter.IsOperator(context.Admin()))
        {
            (tenant, refusal) = (null, null);
            return true;
        }

        var isAllowed = TryTenant(context, said, out var one, out refusal);
        tenant = one;
        return isAllowed;
    }

    /// <summary>For what is named by an id of its own: operators need not say whose it is.</summary>
    public static string? TenantOfId(HttpContext context) => AdminFilter.IsOperator(context.Admin()) ? null : context.Admin().Tenant;

    /// <summary>Whether <c>?limit=</c> is a page's size.</summary>
    public static bool IsPage(int limit) => limit is >= 1 and <= 1000;

    public static ProblemHttpResult BadPage() => AdminFilter.Problem(StatusCodes.Status400BadRequest, "limit is a number from 1 to 1000.");
}

/// <summary>A part of a list.</summary>
/// <param name="Items">The items.</param>
/// <param name="Next">Continues the list, as <c>?after=</c>; null at its end.</param>
/// <param name="Incomplete">Whether something may be missing: a silo did not answer, or there is more than is looked through.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Next, bool Incomplete);
