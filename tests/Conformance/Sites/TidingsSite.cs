using Tidings.Conformance.Catalog;

namespace Tidings.Conformance.Sites;

/// <summary>Tidings, built in this repository: a gateway process for each profile, and the echo sample.</summary>
sealed class TidingsSite : Site
{
    readonly Dictionary<Profile, Lazy<Task<Running>>> _running = [];

    public TidingsSite()
    {
        foreach (var profile in Enum.GetValues<Profile>())
            _running[profile] = new Lazy<Task<Running>>(() => StartAsync(profile));
    }

    public override string Name => "Tidings";

    protected override Needs Knows => Needs.Lifetime | Needs.SizeLimit | Needs.Lazy | Needs.Origin | Needs.Process | Needs.Http2 | Needs.QueueLimit;

    public override async Task<BayeuxTarget> TargetAsync(Profile profile) => (await _running[profile].Value).Target;

    public override Task<ServerProcess> StartOwnAsync(int port) => LaunchAsync(Profile.Default, ["--urls", $"http://127.0.0.1:{port}"]);

    public override async ValueTask DisposeAsync()
    {
        foreach (var started in _running.Values.Where(lazy => lazy.IsValueCreated).Select(lazy => lazy.Value))
        {
            if (started.IsCompletedSuccessfully)
                await started.Result.Process.DisposeAsync();
        }
    }

    protected override bool Offers(Profile profile) => true;

    static async Task<Running> StartAsync(Profile profile)
    {
        if (profile == Profile.Cookie)
            return await StartWithHttp2Async(profile, LoopbackPort.Free(), LoopbackPort.Free());
        var process = await LaunchAsync(profile, ["--urls", "http://127.0.0.1:0"]);
        return new Running(process, TidingsOptions.Target(new Uri(process.Address, "/cometd"), http2: 0));
    }

    static async Task<Running> StartWithHttp2Async(Profile profile, int http1, int http2)
    {
        var process = await LaunchAsync(profile, TidingsOptions.Endpoints(http1, http2));
        return new Running(process, TidingsOptions.Target(new Uri($"http://127.0.0.1:{http1}/cometd"), http2));
    }

    static Task<ServerProcess> LaunchAsync(Profile profile, IEnumerable<string> addresses)
    {
        string[] arguments = ["--environment", "Development", .. addresses, .. TidingsOptions.Arguments(profile)];
        return ServerProcess.StartAsync(profile == Profile.Echo
            ? Repository.Program("tests/EchoSample", "Tidings.EchoSample", arguments)
            : Repository.Program("gateway", "Tidings.Gateway", arguments));
    }

    sealed record Running(ServerProcess Process, BayeuxTarget Target);
}
