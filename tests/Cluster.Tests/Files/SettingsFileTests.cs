using System.Net;
using System.Text;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Cluster.Tests.Files;

/// <summary>A settings file of a running process: where it is looked for, and what a change of it does.</summary>
public sealed class SettingsFileTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("tidings-settings-").FullName;
    readonly HttpClient _http = new();

    public void Dispose()
    {
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Limits_and_log_levels_follow_it_and_what_cannot_be_read_is_told_and_left_out()
    {
        Write("""{"Tidings":{"Limits":{"MessageBytes":2000}}}""");
        await using var gateway = await GatewayProcess.StartAsync("gateway", "--contentRoot", _folder);
        await gateway.ReadyAsync();
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PublishAsync(gateway, 3000));

        Write("""{"Tidings":{"Limits":{"MessageBytes":5000}},"Logging":{"LogLevel":{"Microsoft.AspNetCore.Routing":"Debug"}}}""");
        await gateway.Process.UntilAsync(async () => await PublishAsync(gateway, 3000) == HttpStatusCode.OK, "a limit that follows the file");
        await gateway.Process.UntilAsync(
            async () => await PublishAsync(gateway, 1) == HttpStatusCode.OK && gateway.Process.Output.Any(static line => line.Contains("dbug: Microsoft.AspNetCore.Routing", StringComparison.Ordinal)),
            "a line of the log level that was asked for");

        Write("""{"Tidings":{"Limits":{"MessageBytes":5000}""");
        await gateway.Process.LineAsync(static line => line.Contains("appsettings.json cannot be read", StringComparison.Ordinal), "a line that tells of the file");
        Assert.Equal(HttpStatusCode.OK, await PublishAsync(gateway, 3000));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PublishAsync(gateway, 6000));

        Write("""{"Tidings":{"Limits":{"MessageBytes":9000}}}""");
        await gateway.Process.UntilAsync(async () => await PublishAsync(gateway, 6000) == HttpStatusCode.OK, "a limit that follows the file again");
        using var page = await _http.GetAsync(new Uri(gateway.Address, "/admin/"));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    [Theory]
    [InlineData("gateway", "Tidings.Gateway")]
    [InlineData("silo", "Tidings.Silo")]
    public async Task It_is_looked_for_beside_the_program_wherever_that_was_started(string folder, string assembly)
    {
        await using var redis = await RedisServer.StartAsync();
        string[] settings = [$"--Tidings:Redis={redis.ConnectionString}", $"--Tidings:ClusterId=test-{Guid.NewGuid():N}"];
        await using ServerProcess process = folder == "silo" ? await SiloProcess.StartAsync(folder, settings) : await GatewayProcess.StartAsync(folder);

        var line = await process.Process.LineAsync(static text => text.Contains("Content root path: ", StringComparison.Ordinal), "a line that names the folder");

        Assert.Equal(Path.GetDirectoryName(Repository.Executable(folder, assembly)), line.Split("path: ")[1].TrimEnd('/', ' '));
    }

    void Write(string json) => File.WriteAllText(Path.Combine(_folder, "appsettings.json"), json);

    async Task<HttpStatusCode> PublishAsync(GatewayProcess gateway, int bytes)
    {
        using var body = new StringContent(new string('x', bytes), Encoding.ASCII, "text/plain");
        using var response = await _http.PostAsync(new Uri(gateway.Address, "/channels/settings"), body);
        return response.StatusCode;
    }
}
