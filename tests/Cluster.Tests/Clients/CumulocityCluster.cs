using Tidings.Cluster.Tests.Processes;

namespace Tidings.Cluster.Tests.Clients;

/// <summary>A cluster with a user who may see alarms, and runs of Cumulocity's own client there.</summary>
public sealed class CumulocityCluster : IAsyncLifetime
{
    const string Password = "correct horse";

    internal LocalCluster Cluster { get; } = new(
    [
        $"--Tidings:Users:ann:Password={Password}",
        "--Tidings:Users:ann:Roles:0=reader",
        "--Tidings:Roles:reader:Subscribe:0=/alarms/**",
        "--Tidings:Roles:anonymous:Publish:0=/**",
        "--Tidings:Roles:anonymous:Create:0=/**",
        "--Tidings:Roles:anonymous:Subscribe:0=/**",
    ]);

    public Task InitializeAsync() => Cluster.InitializeAsync();

    public Task DisposeAsync() => Cluster.DisposeAsync();

    internal ClientRun Run(string transport, int messages) => new(Cluster.Front.Address, "c8y", transport)
    {
        Publisher = "rest",
        Prefix = $"/alarms/{transport}",
        User = ("default/ann", Password),
        Messages = messages,
        TimeoutSeconds = 60,
    };
}
