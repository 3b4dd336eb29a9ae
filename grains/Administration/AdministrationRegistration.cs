using Microsoft.Extensions.DependencyInjection;

namespace Tidings.Grains.Administration;

/// <summary>Registers what administrators look through.</summary>
internal static class AdministrationRegistration
{
    public static void AddAdministration(this ISiloBuilder silo)
    {
        silo.Services.AddSingleton<SiloMeter>();
        silo.Services.AddSingleton<SessionWindows>();
        silo.Services.AddSingleton<ChannelSearch>();
        silo.Services.AddSingleton<SiloInspectorClient>();
        silo.AddGrainService<SiloInspector>();
    }
}
