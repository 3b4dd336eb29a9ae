namespace Tidings.Silo.Settings;

/// <summary>Where <c>appsettings.json</c> is looked for, and watched.</summary>
public static class SettingsFolder
{
    private static readonly string[] Prefixes = ["DOTNET_", "ASPNETCORE_"];

    /// <summary>
    /// The program's own folder, wherever it was started: the framework's choice, the working directory, may be anybody's, and all below it is watched.
    /// </summary>
    /// <param name="args">The command line.</param>
    /// <returns>The folder; null where <c>--contentRoot</c> or a variable names another one.</returns>
    public static string? Of(string[] args)
    {
        var said = new ConfigurationBuilder();
        Array.ForEach(Prefixes, prefix => said.AddEnvironmentVariables(prefix));
        return said.AddCommandLine(args).Build()[HostDefaults.ContentRootKey] is { Length: > 0 } ? null : AppContext.BaseDirectory;
    }
}
