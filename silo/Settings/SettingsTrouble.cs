namespace Tidings.Silo.Settings;

/// <summary>Says in the log that a settings file cannot be read any more, which the framework keeps to itself; what was in force stays.</summary>
internal sealed partial class SettingsTrouble(IConfiguration configuration, ILogger<SettingsTrouble> logger) : IHostedService
{
    /// <summary>At the start, a file that cannot be read has ended the process already.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var file in (configuration as IConfigurationRoot)?.Providers.OfType<FileConfigurationProvider>() ?? [])
        {
            file.Source.OnLoadException = Tell;
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Not ignored, so that nobody is told of a change: without its file, all would be as it is by default.
    private void Tell(FileLoadExceptionContext context) =>
        Log.Unreadable(logger, context.Provider.Source.Path, context.Exception.GetBaseException().Message);

    private static partial class Log
    {
        [LoggerMessage(2952, LogLevel.Error, "{File} cannot be read; what was valid stays in force until it can: {Reason}")]
        public static partial void Unreadable(ILogger logger, string? file, string reason);
    }
}

/// <summary>Registers what looks after settings files.</summary>
public static class SettingsRegistration
{
    /// <summary>Tells of settings files that cannot be read after a change.</summary>
    public static void AddSettingsTrouble(this IServiceCollection services) => services.AddHostedService<SettingsTrouble>();
}
