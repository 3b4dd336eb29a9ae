using System.Globalization;
using System.Text.RegularExpressions;

namespace Tidings.Deploy.Tests.Servers;

/// <summary>deploy/nginx.conf as nginx itself reads it, with a certificate of the moment.</summary>
public sealed partial class NginxTests
{
    private const string ExampleTls = "/etc/tidings/tls";

    [Fact]
    public async Task It_is_valid()
    {
        var (code, output) = await CheckAsync(Repository.Read("deploy/nginx.conf"));

        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task A_directive_that_is_misspelt_is_seen()
    {
        var (code, _) = await CheckAsync(Repository.Read("deploy/nginx.conf").Replace("proxy_read_timeout", "proxy_reed_timeout", StringComparison.Ordinal));

        Assert.NotEqual(0, code);
    }

    [Fact]
    public void It_waits_longer_than_polls_are_held_and_signs_of_life_are_apart()
    {
        var seconds = Timeout().Matches(Repository.Read("deploy/nginx.conf"))
            .Select(static match => 60 * int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();

        Assert.Equal(2, seconds.Count);
        Assert.InRange(seconds[0], 60, 600);
        Assert.InRange(seconds[1], 601, 3600);
    }

    private static async Task<(int Code, string Output)> CheckAsync(string site)
    {
        using var scratch = new Scratch();
        var (made, why) = await Tool.RunAsync("openssl",
            ["req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "2", "-subj", "/CN=tidings.example", "-keyout", $"{scratch.Folder}/key.pem", "-out", $"{scratch.Folder}/fullchain.pem"]);
        Assert.True(made == 0, why);
        scratch.Write("site.conf", site.Replace(ExampleTls, scratch.Folder, StringComparison.Ordinal));
        var main = scratch.Write("main.conf", $$"""
            pid {{scratch.Folder}}/pid;
            error_log stderr;
            events { }
            http { access_log off; include {{scratch.Folder}}/site.conf; }
            """);
        return await Tool.RunAsync("nginx", ["-t", "-e", "stderr", "-c", main]);
    }

    [GeneratedRegex(@"proxy_read_timeout (\d+)m;")]
    private static partial Regex Timeout();
}
