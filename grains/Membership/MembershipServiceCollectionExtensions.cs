using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Tidings.Grains.Membership;

/// <summary>Registers the watch over a silo's own membership.</summary>
public static class MembershipServiceCollectionExtensions
{
    /// <summary>Ends the process when the table of members has lost it: for a silo of a cluster whose table can lose data.</summary>
    public static IServiceCollection AddMembershipWatch(this IServiceCollection services)
    {
        services.AddSingleton<MembershipWatch>();
        services.AddSingleton<ISiloMembership>(static provider => provider.GetRequiredService<MembershipWatch>());
        services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<MembershipWatch>());
        return services;
    }
}
