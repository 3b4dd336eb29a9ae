using Tidings.Silo;
using Tidings.Silo.Settings;

if (await HealthProbe.TryRunAsync(args) is { } exitCode)
{
    return exitCode;
}

try
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = SettingsFolder.Of(args) });
    if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]))
    {
        builder.WebHost.UseUrls("http://127.0.0.1:8081");
    }

    builder.AddTidingsSilo();
    builder.Services.AddHealthChecks().AddTidingsSilo();

    var app = builder.Build();
    app.MapTidingsHealth();
    StartCheck.Check(app.Services, app.Configuration[WebHostDefaults.ServerUrlsKey]!.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    StartCheck.Check(TidingsClusterOptions.Of(app.Configuration));
    await app.RunAsync();
    return 0;
}
catch (Exception exception) when (StartCheck.ReasonOf(exception) is { } reason)
{
    await Console.Error.WriteLineAsync(reason);
    return 1;
}
