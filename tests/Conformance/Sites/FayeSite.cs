using System.Diagnostics;
using System.Globalization;
using Tidings.Conformance.Catalog;

namespace Tidings.Conformance.Sites;

/// <summary>Faye from npm, started with a short timeout: a server whose behaviour is known, so that it judges the suite.</summary>
sealed class FayeSite : Site
{
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    readonly Lazy<Task<ServerProcess>> _running = new(() => LaunchAsync(port: 0));

    public override string Name => "Faye";

    public override Deviations Deviations => FayeDeviations.Known;

    protected override Needs Knows => Needs.Lifetime | Needs.Origin | Needs.Process;

    public override async Task<BayeuxTarget> TargetAsync(Profile profile) => new()
    {
        Endpoint = new Uri((await _running.Value).Address, "/cometd"),
        Hold = Timeout,
        Lifetime = Timeout * 2,
        AllowedOrigin = "http://localhost:3000",
    };

    public override Task<ServerProcess> StartOwnAsync(int port) => LaunchAsync(port);

    public override async ValueTask DisposeAsync()
    {
        if (_running is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            await _running.Value.Result.DisposeAsync();
    }

    protected override bool Offers(Profile profile) => profile == Profile.Default;

    static async Task<ServerProcess> LaunchAsync(int port)
    {
        var clients = Path.Combine(Repository.Root, "tests", "clients");
        await NpmPackages.InstallAsync(clients, "faye");
        var start = new ProcessStartInfo("node", ["faye-server.mjs"]) { WorkingDirectory = clients };
        start.Environment["FAYE_TIMEOUT"] = Timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        start.Environment["FAYE_PORT"] = port.ToString(CultureInfo.InvariantCulture);
        return await ServerProcess.StartAsync(start);
    }
}
