using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tidings.Cluster.Tests.Files;

/// <summary>docker-compose.yml, read as YAML with its merges applied: no container engine is needed.</summary>
public sealed class ComposeFileTests
{
    readonly YamlMappingNode _services = Load();

    [Fact]
    public void It_runs_the_four_parts_and_nothing_else()
    {
        Assert.Equal(["gateway", "haproxy", "redis", "silo"], _services.Children.Keys.Select(key => key.ToString()).Order());
    }

    [Theory]
    [InlineData("redis")]
    [InlineData("silo")]
    [InlineData("gateway")]
    [InlineData("haproxy")]
    public void Every_part_is_started_again_when_it_ends(string service)
    {
        Assert.Equal("unless-stopped", Text(service, "restart"));
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("gateway")]
    public void A_part_of_ours_joins_the_cluster_and_outlasts_a_held_poll(string service)
    {
        Assert.Equal("redis:6379", Text(service, "environment", "Tidings__Redis"));
        Assert.Equal("compose", Text(service, "environment", "Tidings__ClusterId"));
        Assert.Equal("tidings", Text(service, "environment", "Tidings__ServiceId"));
        Assert.Equal("45s", Text(service, "stop_grace_period"));
        Assert.Equal("2", Text(service, "deploy", "replicas"));
        Assert.True(File.Exists(Repository.PathTo(Text(service, "build", "dockerfile"))));
    }

    [Fact]
    public void Nobody_is_let_in_without_a_password_of_the_operator_s_choice_and_the_front_reaches_loopback_only()
    {
        Assert.StartsWith("${TIDINGS_ADMIN_PASSWORD:?", Text("gateway", "environment", "Tidings__BootstrapAdmin__Password"), StringComparison.Ordinal);
        Assert.Equal("${TIDINGS_ANONYMOUS:-false}", Text("gateway", "environment", "Tidings__Anonymous"));
        Assert.Equal("true", Text("gateway", "environment", "Tidings__TlsEndsUpstream"));
        var port = Assert.Single(Sequence("haproxy", "ports"));
        Assert.Equal("${TIDINGS_FRONT:-127.0.0.1:8080}:8080", port);
        Assert.All(["redis", "silo", "gateway"], service => Assert.Null(Find(service, "ports")));
    }

    [Fact]
    public void Gateways_believe_the_network_of_the_front()
    {
        var network = (YamlMappingNode)Root()["networks"]["default"]["ipam"]["config"][0];
        Assert.Equal(network["subnet"].ToString(), Text("gateway", "environment", "Tidings__Proxies__0"));
    }

    [Fact]
    public void Each_part_waits_until_what_it_needs_is_healthy()
    {
        Assert.Equal("service_healthy", Text("silo", "depends_on", "redis", "condition"));
        Assert.Equal("service_healthy", Text("gateway", "depends_on", "silo", "condition"));
        Assert.Equal("service_healthy", Text("haproxy", "depends_on", "gateway", "condition"));
        Assert.Equal(["CMD", "redis-cli", "ping"], Sequence("redis", "healthcheck", "test"));
        Assert.Equal("CMD", Sequence("haproxy", "healthcheck", "test")[0]);
    }

    [Fact]
    public void Redis_keeps_what_was_acknowledged()
    {
        var command = Text("redis", "command");
        Assert.Contains("--appendonly yes", command, StringComparison.Ordinal);
        Assert.Contains("--appendfsync ${TIDINGS_FSYNC:-everysec}", command, StringComparison.Ordinal);
        Assert.Contains("--maxmemory-policy noeviction", command, StringComparison.Ordinal);
        Assert.Equal(["redis:/data"], Sequence("redis", "volumes"));
    }

    [Fact]
    public void HAProxy_runs_with_the_files_of_deploy()
    {
        foreach (var mount in Sequence("haproxy", "volumes").Select(volume => volume.Split(':')))
        {
            Assert.True(File.Exists(Repository.PathTo(mount[0])), $"{mount[0]} does not exist");
            Assert.Contains(mount[1], Sequence("haproxy", "command"));
        }
    }

    [Fact]
    public void The_front_has_an_open_file_for_both_ends_of_every_connection()
    {
        var connections = int.Parse(Text("haproxy", "environment", "TIDINGS_MAXCONN"), null);
        var files = int.Parse(Text("haproxy", "ulimits", "nofile"), null);
        Assert.InRange(files, connections * 2 + 200, int.MaxValue);
    }

    static YamlMappingNode Load() => (YamlMappingNode)Root()["services"];

    static YamlNode Root()
    {
        using var reader = File.OpenText(Repository.PathTo("docker-compose.yml"));
        var yaml = new YamlStream();
        yaml.Load(new Parser(reader));
        return yaml.Documents[0].RootNode;
    }

    string Text(string service, params string[] path) =>
        ((YamlScalarNode?)Find(service, path) ?? throw new KeyNotFoundException($"{service}: {string.Join('.', path)}")).Value!;

    List<string> Sequence(string service, params string[] path) =>
        [.. ((YamlSequenceNode)Find(service, path)!).Select(item => item.ToString())];

    YamlNode? Find(string service, params string[] path)
    {
        YamlNode? node = _services[service];
        foreach (var key in path)
            node = node is YamlMappingNode map ? Child(map, key) : null;
        return node;
    }

    static YamlNode? Child(YamlMappingNode map, string key)
    {
        if (map.Children.TryGetValue(key, out var own))
            return own;
        return map.Children.TryGetValue("<<", out var merged) ? Child((YamlMappingNode)merged, key) : null;
    }
}
