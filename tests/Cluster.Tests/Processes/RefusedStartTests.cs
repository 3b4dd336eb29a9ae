using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tidings.Cluster.Tests.Processes;

/// <summary>The executables, told what they cannot do.</summary>
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

        var line = await RefusalOfAsync(gateway);
        Assert.StartsWith($"Refusing to listen on {address}: ", line, StringComparison.Ordinal);
        Assert.Contains(reason, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Tidings:Bayeux:Timeout", "--Tidings:Bayeux:Timeout=soon")]
    [InlineData("MessageBytes", "--Tidings:Limits:MessageBytes=0")]
    [InlineData("Tidings:Bayeux:LazyChannels:/news", "--Tidings:Bayeux:LazyChannels:/news=soon")]
    [InlineData("Tidings:Windows:Rules:0:WhenFull", "--Tidings:Windows:Rules:0:WhenFull=EndSesion")]
    [InlineData("Tidings:Issuers:corp", "--Tidings:Issuers:corp:SharesUsers=yes")]
    [InlineData("Timout", "--Tidings:Bayeux:Timout=00:00:10")]
    [InlineData("Tidings:Redis", "--Tidings:Redis=localhost,nonsense=1")]
    public async Task A_gateway_says_in_one_line_which_setting_cannot_be_meant(string reason, string setting)
    {
        await using var gateway = ChildProcess.Start(
            "gateway", "dotnet", [Repository.Executable("gateway", "Tidings.Gateway"), "--urls", $"http://127.0.0.1:{FreePort.Next()}", setting]);

        Assert.Contains(reason, await RefusalOfAsync(gateway), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}")]
    [InlineData("http://localhost:{0}")]
    public async Task A_gateway_says_in_one_line_that_its_port_is_taken(string form)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var address = string.Format(CultureInfo.InvariantCulture, form, ((IPEndPoint)other.LocalEndpoint).Port);
        await using var gateway = ChildProcess.Start("gateway", "dotnet", [Repository.Executable("gateway", "Tidings.Gateway"), "--urls", address]);

        Assert.StartsWith($"Cannot listen on {address}: ", await RefusalOfAsync(gateway), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_says_in_one_line_that_it_needs_Redis()
    {
        await using var silo = ChildProcess.Start("silo", "dotnet", [Repository.Executable("silo", "Tidings.Silo")]);

        Assert.StartsWith("A silo needs Redis: ", await RefusalOfAsync(silo), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SiloPort")]
    [InlineData("GatewayPort")]
    public async Task A_silo_says_in_one_line_that_its_port_is_taken(string setting)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        string[] ports = [$"--Tidings:SiloPort={FreePort.Next()}", $"--Tidings:GatewayPort={FreePort.Next()}", $"--Tidings:{setting}={port}"];
        await using var silo = ChildProcess.Start(
            "silo", "dotnet",
            [Repository.Executable("silo", "Tidings.Silo"), "--urls", $"http://127.0.0.1:{FreePort.Next()}", "--Tidings:Redis=127.0.0.1:1", .. ports]);

        var line = await RefusalOfAsync(silo);

        Assert.StartsWith($"Cannot listen on port {port}: ", line, StringComparison.Ordinal);
        Assert.Contains($"Tidings:{setting}", line, StringComparison.Ordinal);
    }

    /// <summary>The only line of a program that ended by itself.</summary>
    private static async Task<string> RefusalOfAsync(ChildProcess program)
    {
        Assert.Equal(1, await program.ExitAsync(TimeSpan.FromSeconds(60)));
        return Assert.Single(program.Output, static line => line.Length > 0);
    }
}
