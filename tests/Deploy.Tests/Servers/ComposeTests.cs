namespace Tidings.Deploy.Tests.Servers;

/// <summary>docker-compose.yml as docker-compose itself reads it.</summary>
public sealed class ComposeTests
{
    private static readonly (string, string?) Password = ("TIDINGS_ADMIN_PASSWORD", "chosen");

    [Fact]
    public async Task It_is_valid()
    {
        var (code, output) = await ConfigAsync(Password);

        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task It_asks_for_the_first_administrator_s_password()
    {
        var (code, output) = await ConfigAsync(("TIDINGS_ADMIN_PASSWORD", null));

        Assert.NotEqual(0, code);
        Assert.Contains("choose a password for the first administrator", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("gateway")]
    public async Task There_can_be_any_number_of_a_kind(string service)
    {
        var (_, output) = await ConfigAsync(Password);
        var configured = Assert.Single(Yaml.Parse(output)).Find("services", service);

        Assert.NotNull(configured);
        // Either would be one per machine.
        Assert.Null(configured.Find("container_name"));
        Assert.Null(configured.Find("ports"));
        Assert.Equal("45s", configured.Text("stop_grace_period"));
    }

    private static Task<(int Code, string Output)> ConfigAsync((string, string?) password) =>
        Tool.RunAsync("docker-compose", ["--file", Repository.PathTo("docker-compose.yml"), "config"], password);
}
