namespace Tidings.Cluster.Tests.Processes;

/// <summary>The gateway's executable: a client of a cluster, or with no cluster a whole server.</summary>
sealed class GatewayProcess : ServerProcess
{
    GatewayProcess(ChildProcess process, Uri address)
        : base(process, address)
    {
    }

    public static async Task<GatewayProcess> StartAsync(string name = "gateway", params string[] settings)
    {
        var (process, address) = await StartAsync(name, "gateway", "Tidings.Gateway", ["--Tidings:Anonymous=true", .. settings]);
        return new GatewayProcess(process, address);
    }
}
