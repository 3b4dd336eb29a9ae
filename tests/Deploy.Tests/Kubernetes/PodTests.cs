using YamlDotNet.RepresentationModel;

namespace Tidings.Deploy.Tests.Kubernetes;

/// <summary>Pods: how they run, are asked for their health, and end.</summary>
public sealed class PodTests
{
    /// <summary>The host's time for an end (HostOptions.ShutdownTimeout), in seconds.</summary>
    private const int ShutdownSeconds = 30;

    public static TheoryData<string, string> Servers => new() { { "StatefulSet", "tidings-silo" }, { "Deployment", "tidings-gateway" } };

    [Fact]
    public void Nothing_runs_as_root_writes_to_its_image_or_may_call_Kubernetes() => Assert.All(Manifests.Workloads, static workload =>
    {
        var pod = workload.Find("spec", "template", "spec")!;
        var security = Manifests.Container(workload).Find("securityContext")!;
        Assert.Equal("true", pod.Text("securityContext", "runAsNonRoot"));
        Assert.Equal("RuntimeDefault", pod.Text("securityContext", "seccompProfile", "type"));
        Assert.Equal("false", pod.Text("automountServiceAccountToken"));
        Assert.Equal("false", security.Text("allowPrivilegeEscalation"));
        Assert.Equal("true", security.Text("readOnlyRootFilesystem"));
        Assert.Equal("ALL", Assert.Single(security.Items("capabilities", "drop")).ToString());
    });

    [Theory]
    [MemberData(nameof(Servers))]
    public void Probes_ask_paths_that_are_served_on_a_port_that_there_is(string kind, string name)
    {
        var workload = Manifests.The(kind, name);
        var served = Repository.Read("silo/TidingsHealth.cs");
        foreach (var probe in (string[])["startupProbe", "readinessProbe", "livenessProbe"])
        {
            var http = Manifests.Container(workload).Find(probe, "httpGet")!;
            Assert.Contains($"\"{http.Text("path")}\"", served, StringComparison.Ordinal);
            Assert.Contains(http.Text("port"), Manifests.Ports(workload).Keys);
        }

        Assert.EndsWith("/live", Manifests.Container(workload).Text("livenessProbe", "httpGet", "path"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public void It_listens_where_its_ports_say(string kind, string name)
    {
        var workload = Manifests.The(kind, name);
        var environment = Environment(workload);

        Assert.Contains(new Uri(environment["ASPNETCORE_URLS"].Replace('+', 'x')).Port, Manifests.Ports(workload).Values);
        if (kind == "StatefulSet")
        {
            Assert.Equal(environment["Tidings__SiloPort"], Text(Manifests.Ports(workload)["silo"]));
            Assert.Equal(environment["Tidings__GatewayPort"], Text(Manifests.Ports(workload)["orleans-gateway"]));
        }
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public void It_gets_as_long_to_end_as_its_host_takes(string kind, string name)
    {
        var workload = Manifests.The(kind, name);
        var container = Manifests.Container(workload);
        var before = container.Find("lifecycle") is null ? 0 : container.Number("lifecycle", "preStop", "sleep", "seconds");

        Assert.InRange(workload.Number("spec", "template", "spec", "terminationGracePeriodSeconds"), before + ShutdownSeconds + 10, 120);
        // Who leaves first is told by readiness, unless the balancer is given time to hear of the end.
        Assert.True(kind == "StatefulSet" || before > container.Number("readinessProbe", "periodSeconds"));
    }

    [Fact]
    public void A_silo_tells_others_its_pod_s_address_and_needs_nothing_but_Redis()
    {
        var container = Manifests.Container(Manifests.The("StatefulSet", "tidings-silo"));
        var address = container.Items("env").Single(static variable => variable.Text("name") == "Tidings__AdvertisedIP");

        Assert.Equal("status.podIP", address.Text("valueFrom", "fieldRef", "fieldPath"));
        Assert.Contains(container.Items("env"), static variable => variable.Text("name") == "Tidings__Redis");
        Assert.DoesNotContain(Manifests.All, static manifest => manifest.Text("kind") is "Role" or "ClusterRole" or "RoleBinding");
    }

    [Fact]
    public void Secrets_are_named_not_written()
    {
        var references = Manifests.Workloads.SelectMany(static workload => Manifests.Container(workload).Items("env"))
            .Where(static variable => variable.Find("valueFrom", "secretKeyRef") is not null)
            .Select(static variable => (variable.Text("valueFrom", "secretKeyRef", "name"), variable.Text("valueFrom", "secretKeyRef", "key"))).Distinct().Order().ToList();

        Assert.Equal([("tidings", "admin-password"), ("tidings", "redis")], references);
        Assert.Empty(Manifests.OfKind("Secret"));
        Assert.DoesNotContain(Manifests.Workloads.SelectMany(Environment), static pair => pair.Key.Contains("assword", StringComparison.Ordinal));
    }

    internal static Dictionary<string, string> Environment(YamlNode workload) => Manifests.Container(workload).Items("env")
        .Where(static variable => variable.Find("value") is not null)
        .ToDictionary(static variable => variable.Text("name"), static variable => variable.Text("value"));

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
