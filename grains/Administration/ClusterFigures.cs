using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tidings.Grains.Administration;

/// <summary>A message of <see cref="SystemChannels.Cluster"/>.</summary>
internal sealed record ClusterFigures(
    DateTimeOffset Time, int Sessions, double PublishesPerSecond, double DeliveriesPerSecond, double Cpu, NodeFigures[] Gateways, NodeFigures[] Silos)
{
    public static ClusterFigures Of(DateTimeOffset now, GatewayReport[] gateways, ClusterState state)
    {
        var silos = state.Silos.Where(static silo => silo.Load is not null).ToArray();
        double[] cpu = [.. gateways.Select(static gateway => gateway.Cpu), .. silos.Select(static silo => silo.Load!.Cpu)];
        return new ClusterFigures(
            now,
            silos.Sum(static silo => silo.Load!.Sessions),
            silos.Sum(static silo => silo.Load!.PublishesPerSecond ?? 0),
            gateways.Sum(static gateway => gateway.DeliveriesPerSecond ?? 0),
            cpu.DefaultIfEmpty().Max(),
            [.. gateways.Select(static gateway => new NodeFigures(gateway.Id, gateway.Cpu, gateway.MemoryBytes, gateway.Sessions))],
            [.. silos.Select(static silo => new NodeFigures(silo.Id, silo.Load!.Cpu, silo.Load.MemoryBytes, silo.Load.Sessions))]);
    }
}

/// <summary>A silo or gateway in <see cref="ClusterFigures"/>.</summary>
internal sealed record NodeFigures(string Id, double Cpu, long MemoryBytes, int Sessions);

/// <summary>A message of <see cref="SystemChannels.Figures"/>.</summary>
internal sealed record TenantFigures(DateTimeOffset Time, int Sessions, double PublishesPerSecond);

/// <summary>JSON of the figures, generated at compile time.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ClusterFigures))]
[JsonSerializable(typeof(TenantFigures))]
internal sealed partial class ClusterFiguresJson : JsonSerializerContext;
