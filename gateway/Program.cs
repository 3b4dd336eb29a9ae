using Tidings;
using Tidings.Gateway.Administration;
using Tidings.Gateway.Hosting;
using Tidings.Silo;
using Tidings.Silo.Settings;

if (await HealthProbe.TryRunAsync(args) is { } exitCode)
{
    return exitCode;
}

try
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions
    {
        Args = args,
        ContentRootPath = SettingsFolder.Of(args),
        WebRootPath = Path.Combine(AppContext.BaseDirectory, "wwwroot"),
    });
    if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]) && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
    {
        builder.WebHost.UseUrls("http://127.0.0.1:8080");
    }

    builder.AddTidings();

    var app = builder.Build();
    app.UseDemoPage();
    app.MapTidings();
    app.MapAdminPage();
    StartCheck.Check(app.Services, BindingGuard.AddressesOf(app.Services));
    if (await BindingGuard.RefusalOfAsync(app.Services) is { } refusal)
    {
        throw new StartRefusedException(refusal);
    }

    await app.RunAsync();
    return 0;
}
catch (Exception exception) when (StartCheck.ReasonOf(exception) is { } reason)
{
    await Console.Error.WriteLineAsync(reason);
    return 1;
}
