namespace Tidings.Cluster.Tests.Processes;

/// <summary>The gateway's executable, told to listen where it must not.</summary>
public sealed class RefusedStartTests
{
    [Theory]
    [InlineData("Tidings:BootstrapAdmin", "--Tidings:Anonymous=true")]
    [InlineData("Tidings:TlsEndsUpstream=true", "--Tidings:BootstrapAdmin:Password=p")]
    public async Task A_gateway_says_in_one_line_why_it_does_not_listen_for_everyone(string reason, string setting)
    {
        var address = $"http://0.0.0.0:{FreePort.Next()}";
        await using var gateway = ChildProcess.Start(
            "gateway", "dotnet", [Repository.Executable("gateway", "Tidings.Gateway"), "--urls", address, setting]);

        Assert.Equal(1, await gateway.ExitAsync(TimeSpan.FromSeconds(60)));

        var line = Assert.Single(gateway.Output, static line => line.Length > 0);
        Assert.StartsWith($"Refusing to listen on {address}: ", line, StringComparison.Ordinal);
        Assert.Contains(reason, line, StringComparison.Ordinal);
    }
}
