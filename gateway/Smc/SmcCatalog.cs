using Microsoft.Extensions.Options;
using Tidings.Protocols.Smc;

namespace Tidings.Gateway.Smc;

/// <summary>What there is: versions, types of elements, and the hrefs of both.</summary>
internal sealed class SmcCatalog(IOptionsMonitor<SmcOptions> options)
{
    private static readonly Comparer<string> VersionOrder = Comparer<string>.Create(static (one, other) => Version.Parse(one).CompareTo(Version.Parse(other)));

    /// <summary>The type of users.</summary>
    public const string Users = "admin_user";

    /// <summary>Whether the configuration makes sense.</summary>
    public static bool IsUsable(SmcOptions options) =>
        options.ServedVersions.All(static text => SmcVersion.TryParse(text, out var version) && version.Rel == text)
        && options.Types.All(static type => SmcNames.IsName(type))
        && options.Keys.All(static key => key.Key.Length > 0 && key.User.Length > 0 && key.Tenant.Length > 0 && !key.Tenant.Contains('/', StringComparison.Ordinal));

    public SmcAnswer Versions(HttpContext context) => SmcAnswer.Ok(SmcDocuments.Versions(
        options.CurrentValue.ListedVersions.Distinct(StringComparer.Ordinal).Order(VersionOrder).Select(version => new SmcLink(version, $"{BaseOf(context)}/{version}/api"))));

    /// <summary>Whether a version is served, listed or not; the third number does not count.</summary>
    public bool Serves(SmcVersion version) => options.CurrentValue.ServedVersions.Contains(version.Rel, StringComparer.Ordinal);

    /// <summary>All types of elements.</summary>
    public IEnumerable<string> Types => options.CurrentValue.ElementTypes.Append(Users).Distinct(StringComparer.Ordinal);

    public bool HasType(string type) => type == Users || options.CurrentValue.ElementTypes.Contains(type, StringComparer.Ordinal);

    public byte[] EntryPoints(HttpContext context, SmcVersion version)
    {
        var root = $"{BaseOf(context)}/{version.Text}";
        return SmcDocuments.EntryPoints(
        [
            new SmcLink("current_user", $"{root}/current_user"),
            new SmcLink("logout", $"{root}/logout", HttpMethods.Put),
            new SmcLink("elements", $"{root}/elements"),
            .. Types.Select(type => new SmcLink(type, $"{root}/elements/{type}")),
        ]);
    }

    /// <summary>What the hrefs of a session begin with: the version is the one it logged in with.</summary>
    public string RootOf(HttpContext context, SmcVersion version) => $"{BaseOf(context)}/{version.Text}";

    private string BaseOf(HttpContext context) =>
        options.CurrentValue.BaseUrl?.TrimEnd('/') ?? $"{context.Request.Scheme}://{context.Request.Host.Value}{context.Request.PathBase}";
}
