using YamlDotNet.RepresentationModel;

namespace Tidings.Deploy.Tests.Kubernetes;

/// <summary>What selects pods selects some, and what names a port names one that those pods have.</summary>
public sealed class SelectionTests
{
    private const string NameLabel = "app.kubernetes.io/name";

    [Fact]
    public void Every_workload_selects_its_own_pods() => Assert.All(Manifests.Workloads, static workload =>
        Assert.Equal(Labels(workload)[NameLabel], workload.Pairs("spec", "selector", "matchLabels")[NameLabel]));

    [Fact]
    public void Every_service_leads_to_a_port_of_the_pods_it_selects() => Assert.All(Manifests.OfKind("Service"), static service =>
    {
        var ports = Manifests.Ports(Selected(service.Pairs("spec", "selector")));
        Assert.NotEmpty(service.Items("spec", "ports"));
        Assert.All(service.Items("spec", "ports"), port => Assert.Contains(port.Text("targetPort"), ports.Keys));
    });

    [Fact]
    public void Every_stateful_set_has_its_service() => Assert.All(Manifests.OfKind("StatefulSet"), static set =>
        Assert.Equal("None", Manifests.The("Service", set.Text("spec", "serviceName")).Text("spec", "clusterIP")));

    [Fact]
    public void Silos_and_gateways_are_interrupted_one_at_a_time()
    {
        var budgets = Manifests.OfKind("PodDisruptionBudget").ToList();

        Assert.Equal(["tidings-gateway", "tidings-silo"], budgets.Select(static budget => budget.Pairs("spec", "selector", "matchLabels")[NameLabel]).Order());
        Assert.All(budgets, static budget => Assert.Equal(1, budget.Number("spec", "maxUnavailable")));
    }

    [Fact]
    public void The_autoscaler_counts_a_metric_that_the_adapter_makes_for_a_deployment_that_there_is()
    {
        var scaler = Assert.Single(Manifests.OfKind("HorizontalPodAutoscaler"));
        var metric = scaler.Items("spec", "metrics").Single(static item => item.Text("type") == "Pods").Text("pods", "metric", "name");
        var rule = Assert.Single(Assert.Single(Yaml.Documents("deploy/prometheus/adapter.yaml")).Items("rules", "custom"));

        Assert.NotNull(Manifests.The(scaler.Text("spec", "scaleTargetRef", "kind"), scaler.Text("spec", "scaleTargetRef", "name")));
        Assert.Equal(metric, rule.Text("name", "as"));
        Assert.Contains(metric, Metrics.EmittedMetrics.All.Select(static emitted => emitted.Prometheus));
    }

    [Fact]
    public void The_ingress_leads_to_a_service_and_waits_longer_than_signs_of_life_are_apart()
    {
        var ingress = Assert.Single(Manifests.OfKind("Ingress"));
        var backend = ingress.Find("spec", "rules", "0", "http", "paths", "0", "backend", "service")!;

        Assert.Contains(Manifests.The("Service", backend.Text("name")).Items("spec", "ports"), port => port.Text("name") == backend.Text("port", "name"));
        Assert.InRange(ingress.Number("metadata", "annotations", "nginx.ingress.kubernetes.io/proxy-read-timeout"), 601, 3600);
    }

    [Fact]
    public void Every_policy_concerns_pods_that_there_are_on_ports_that_they_have()
    {
        foreach (var policy in Manifests.OfKind("NetworkPolicy").Where(static policy => policy.Find("spec", "podSelector", "matchLabels") is not null))
        {
            var own = Manifests.Ports(Selected(policy.Pairs("spec", "podSelector", "matchLabels"))).Values;
            Assert.All(policy.Items("spec", "ingress").SelectMany(static rule => rule.Items("ports")), port => Assert.Contains(port.Number("port"), own));
            foreach (var rule in policy.Items("spec", "egress"))
            {
                var there = rule.Items("to").SelectMany(static peer => Manifests.Ports(Selected(peer.Pairs("podSelector", "matchLabels"))).Values).ToList();
                Assert.All(rule.Items("ports"), port => Assert.Contains(port.Number("port"), there));
            }
        }
    }

    [Theory]
    [InlineData("tidings-silo", "tidings-silo", "silo")]
    [InlineData("tidings-gateway", "tidings-silo", "orleans-gateway")]
    public void Who_talks_to_a_silo_may_from_both_ends(string from, string to, string port)
    {
        var number = Manifests.Ports(Selected(new() { [NameLabel] = to }))[port];

        Assert.Contains(Manifests.The("NetworkPolicy", to).Items("spec", "ingress"), rule => Allows(rule, "from", from, number));
        Assert.Contains(Manifests.The("NetworkPolicy", from).Items("spec", "egress"), rule => Allows(rule, "to", to, number));
    }

    private static bool Allows(YamlNode rule, string direction, string name, int port) =>
        rule.Items(direction).Any(peer => peer.Pairs("podSelector", "matchLabels").GetValueOrDefault(NameLabel) == name)
        && rule.Items("ports").Any(item => item.Number("port") == port);

    private static YamlNode Selected(Dictionary<string, string> selector) => Manifests.Workloads.Single(workload => Labels(workload)[NameLabel] == selector[NameLabel]);

    private static Dictionary<string, string> Labels(YamlNode workload) => workload.Pairs("spec", "template", "metadata", "labels");
}
