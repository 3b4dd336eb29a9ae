namespace Tidings.Deploy.Tests.Servers;

/// <summary>The units as systemd itself reads them.</summary>
public sealed class SystemdTests
{
    [Theory]
    [InlineData("tidings-silo.service")]
    [InlineData("tidings-gateway.service")]
    public async Task A_unit_is_valid(string unit)
    {
        var (code, output) = await VerifyAsync(unit, Runnable(unit));

        Assert.True(code == 0, output);
        Assert.Empty(output.Trim());
    }

    [Fact]
    public async Task A_key_that_is_misspelt_is_seen()
    {
        var (_, output) = await VerifyAsync("tidings-silo.service", Runnable("tidings-silo.service").Replace("TimeoutStopSec", "TimeoutStpSec", StringComparison.Ordinal));

        Assert.Contains("TimeoutStpSec", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("gateway")]
    public void A_unit_runs_its_own_program_starts_it_again_and_outlasts_a_held_poll(string kind)
    {
        var lines = Repository.Read($"deploy/systemd/tidings-{kind}.service").Split('\n');

        Assert.Contains($"ExecStart=/usr/bin/dotnet Tidings.{char.ToUpperInvariant(kind[0])}{kind[1..]}.dll", lines);
        Assert.Contains("Restart=always", lines);
        Assert.Contains("TimeoutStopSec=45", lines);
        Assert.Contains("EnvironmentFile=/etc/tidings/cluster.env", lines);
    }

    /// <summary>Where the runtime is, is the machine's affair.</summary>
    private static string Runnable(string unit) =>
        Repository.Read($"deploy/systemd/{unit}").Replace("/usr/bin/dotnet", "/bin/true", StringComparison.Ordinal);

    private static async Task<(int Code, string Output)> VerifyAsync(string name, string text)
    {
        using var scratch = new Scratch();
        return await Tool.RunAsync("systemd-analyze", ["verify", "--man=no", scratch.Write(name, text)]);
    }
}
