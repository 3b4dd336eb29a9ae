using System.Globalization;
using System.Text.RegularExpressions;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Cluster.Tests.Front;

/// <summary>deploy/haproxy.cfg as HAProxy itself reads it.</summary>
public sealed partial class HaProxyFileTests
{
    [Fact]
    public async Task HAProxy_accepts_it_with_generated_servers()
    {
        var servers = Path.GetTempFileName();
        await File.WriteAllTextAsync(servers, HaProxy.Backend([new("http://127.0.0.1:8101"), new("http://127.0.0.1:8102")]));
        var (code, output) = await HaProxy.CheckAsync(servers);
        File.Delete(servers);
        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task HAProxy_accepts_it_with_the_servers_of_the_compose_file()
    {
        var (code, output) = await HaProxy.CheckAsync(Repository.PathTo("deploy", "haproxy.compose.cfg"));
        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task HAProxy_refuses_it_without_servers_so_that_the_check_means_something()
    {
        var (code, _) = await HaProxy.CheckAsync("/dev/null");
        Assert.NotEqual(0, code);
    }

    [Theory]
    [InlineData("server")]
    [InlineData("client")]
    [InlineData("tunnel")]
    public void A_poll_held_for_thirty_seconds_is_not_cut(string kind)
    {
        var timeout = Timeouts().Single(match => match.Groups["kind"].Value == kind);
        var value = int.Parse(timeout.Groups["value"].Value, CultureInfo.InvariantCulture);
        var seconds = timeout.Groups["unit"].Value == "m" ? value * 60 : value;
        Assert.InRange(seconds, 45, 3600);
    }

    [Fact]
    public void A_poll_that_shows_a_sign_of_life_every_ten_minutes_is_not_cut()
    {
        var rule = HeldPolls().Match(File.ReadAllText(Repository.PathTo("deploy", "haproxy.cfg")));
        Assert.InRange(int.Parse(rule.Groups["minutes"].Value, CultureInfo.InvariantCulture), 11, 60);
        Assert.Equal(["/cep/", "/notification/", "/devicecontrol/notifications"], rule.Groups["paths"].Value.Split(' '));
        Assert.Equal("backend gateways from tidings", HaProxy.Backend([]).TrimEnd());
    }

    static MatchCollection Timeouts() => TimeoutLine().Matches(File.ReadAllText(Repository.PathTo("deploy", "haproxy.cfg")));

    [GeneratedRegex(@"^ +http-request set-timeout server (?<minutes>\d+)m if \{ path_beg (?<paths>[^}]+) \}$", RegexOptions.Multiline)]
    private static partial Regex HeldPolls();

    [GeneratedRegex(@"^ +timeout (?<kind>[a-z-]+) (?<value>\d+)(?<unit>[sm])\s*$", RegexOptions.Multiline)]
    private static partial Regex TimeoutLine();
}
