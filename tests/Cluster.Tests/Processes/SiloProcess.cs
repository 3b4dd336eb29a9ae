namespace Tidings.Cluster.Tests.Processes;

/// <summary>The silo's executable, on free ports of its own.</summary>
sealed class SiloProcess : ServerProcess
{
    SiloProcess(ChildProcess process, Uri address)
        : base(process, address)
    {
    }

    public static async Task<SiloProcess> StartAsync(string name, params string[] settings)
    {
        string[] ports = [$"--Tidings:SiloPort={FreePort.Next()}", $"--Tidings:GatewayPort={FreePort.Next()}"];
        var (process, address) = await StartAsync(name, "silo", "Tidings.Silo", [.. ports, .. settings]);
        return new SiloProcess(process, address);
    }
}
