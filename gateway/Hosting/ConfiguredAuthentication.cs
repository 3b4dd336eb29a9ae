namespace Tidings.Gateway.Hosting;

/// <summary>Authentication as the configuration has it: a bootstrap admin, users, or issuers of tokens.</summary>
internal sealed class ConfiguredAuthentication(IConfiguration configuration) : IAuthenticationPresence
{
    private static readonly string[] Sections = ["BootstrapAdmin", "Users", "Issuers"];

    public bool IsConfigured => Sections.Any(section => configuration.GetSection($"{DoorOptions.Section}:{section}").GetChildren().Any());
}
