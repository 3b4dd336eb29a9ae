using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;
using Tidings.Gateway.Hosting;

namespace Tidings.Gateway.Administration;

/// <summary>
/// The admin page at <c>/admin</c>. Its files hold no data: what administrators see comes from the API, which asks who they are. They are endpoints, since
/// paths of two segments are Personium's otherwise.
/// </summary>
internal static class AdminPage
{
    /// <summary>Nothing comes from elsewhere, and no string becomes markup or a script (W3C "Trusted Types").</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        + "require-trusted-types-for 'script'; trusted-types 'none'";

    private const string Start = "index.html";
    private static readonly FileExtensionContentTypeProvider Types = new();

    public static void MapAdminPage(this IEndpointRouteBuilder routes) =>
        routes.MapMethods("/admin/{file?}", [HttpMethods.Get, HttpMethods.Head], Send).AllowAnonymous().WithMetadata(ServerEndpoint.Instance).ExcludeFromDescription();

    private static IResult Send(HttpContext context, IWebHostEnvironment environment, string? file = null)
    {
        if (file is null && !context.Request.Path.Value!.EndsWith('/'))
        {
            return TypedResults.LocalRedirect($"{context.Request.PathBase}/admin/", permanent: true);
        }

        var found = environment.WebRootFileProvider.GetFileInfo($"admin/{file ?? Start}");
        if (!found.Exists || found.IsDirectory || !Types.TryGetContentType(found.Name, out var type))
        {
            return TypedResults.NotFound();
        }

        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache";
        return TypedResults.Stream(
            found.CreateReadStream(), type, lastModified: found.LastModified,
            entityTag: new EntityTagHeaderValue($"\"{found.LastModified.Ticks ^ found.Length:x}\""));
    }
}
