namespace Tidings.Gateway.Hosting;

/// <summary>The demo page at <c>/</c>, with headers that keep everything foreign out of it.</summary>
internal static class DemoPage
{
    private const string ContentSecurityPolicy = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void UseDemoPage(this WebApplication app)
    {
        app.UseDoors();
        app.UseDefaultFiles();
        app.UseStaticFiles(new StaticFileOptions
        {
            OnPrepareResponse = static file =>
            {
                file.Context.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
                file.Context.Response.Headers.XContentTypeOptions = "nosniff";
            },
        });
    }
}
