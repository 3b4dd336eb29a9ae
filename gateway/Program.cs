using Tidings;
using Tidings.Silo;

if (await HealthProbe.TryRunAsync(args) is { } exitCode)
{
    return exitCode;
}

var builder = WebApplication.CreateBuilder(args);
if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]) && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
{
    builder.WebHost.UseUrls("http://127.0.0.1:8080");
}

builder.AddTidings();

var app = builder.Build();
app.UseDefaultFiles();
app.UseStaticFiles();
app.MapTidings();
await app.RunAsync();
return 0;
