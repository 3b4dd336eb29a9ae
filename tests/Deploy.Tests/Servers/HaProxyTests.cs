namespace Tidings.Deploy.Tests.Servers;

/// <summary>deploy/haproxy.cfg as HAProxy itself reads it.</summary>
public sealed class HaProxyTests
{
    private static readonly (string, string?)[] Environment = [("TIDINGS_FRONT", "127.0.0.1:8080"), ("TIDINGS_MAXCONN", "1000")];

    [Fact]
    public async Task It_is_valid_with_the_gateways_of_the_compose_file()
    {
        var (code, output) = await CheckAsync("deploy/haproxy.cfg");

        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task A_keyword_that_is_misspelt_is_seen()
    {
        using var scratch = new Scratch();
        var broken = scratch.Write("broken.cfg", Repository.Read("deploy/haproxy.cfg").Replace("timeout server", "timeout servr", StringComparison.Ordinal));

        Assert.NotEqual(0, (await CheckAsync(broken)).Code);
    }

    [Theory]
    [InlineData("deploy/haproxy.cfg")]
    [InlineData("deploy/nginx.conf")]
    public void A_front_is_patient_with_every_endpoint_that_holds_polls_for_hours(string file)
    {
        var text = Repository.Read(file);
        foreach (var (path, _) in Protocols.SmartRest.RealtimeEndpoints.All)
        {
            Assert.Contains(LongHolds(text), prefix => path.StartsWith(prefix, StringComparison.Ordinal));
        }
    }

    /// <summary>Prefixes of paths on the line that names them.</summary>
    private static string[] LongHolds(string text) =>
    [
        .. text.Split('\n').Single(static line => line.Contains("notification/", StringComparison.Ordinal))
            .Split([' ', '(', ')', '|', '^', '{', '}'], StringSplitOptions.RemoveEmptyEntries)
            .Select(static word => '/' + word.TrimStart('/'))
            .Where(static word => word.StartsWith("/cep", StringComparison.Ordinal) || word.Contains("notification", StringComparison.Ordinal)),
    ];

    private static Task<(int Code, string Output)> CheckAsync(string file) =>
        Tool.RunAsync("haproxy", ["-c", "-f", file, "-f", "deploy/haproxy.compose.cfg"], Environment);
}
