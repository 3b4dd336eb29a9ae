using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Tidings.Gateway.Hosting;

/// <summary>Cross-origin requests: from the configured origins only, named one by one, as Bayeux clients send credentials.</summary>
internal sealed class AllowedOriginsPolicy(IOptions<DoorOptions> options) : IConfigureOptions<CorsOptions>
{
    public void Configure(CorsOptions cors) => cors.AddDefaultPolicy(policy => policy
        .WithOrigins([.. options.Value.AllowedOrigins])
        .WithMethods(HttpMethods.Get, HttpMethods.Post)
        .WithHeaders(
            HeaderNames.Accept,
            HeaderNames.Authorization,
            HeaderNames.ContentType,
            HeaderNames.Pragma,
            HeaderNames.XRequestedWith,
            "Last-Event-ID",
            "Idempotency-Key",
            "X-Api-Key",
            "X-Id")
        .AllowCredentials()
        .SetPreflightMaxAge(TimeSpan.FromDays(1)));
}
