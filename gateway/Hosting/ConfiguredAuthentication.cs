using Tidings.Gateway.Identity.Accounts;

namespace Tidings.Gateway.Hosting;

/// <summary>
/// Authentication as the configuration has it (a bootstrap admin, users, or issuers of tokens) or as the store of users does: a server whose
/// users were made through its admin API needs no bootstrap admin any more.
/// </summary>
internal sealed class ConfiguredAuthentication(IConfiguration configuration, AccountCache accounts) : IAuthenticationPresence
{
    private static readonly string[] Sections = ["BootstrapAdmin", "Users", "Issuers"];

    public bool IsConfigured => Sections.Any(section => configuration.GetSection($"{DoorOptions.Section}:{section}").GetChildren().Any())
        || accounts.Rules.HasStoredUsers;

    public async ValueTask<bool> LookAsync()
    {
        if (!IsConfigured)
        {
            await accounts.ReloadAsync();
        }

        return IsConfigured;
    }
}
