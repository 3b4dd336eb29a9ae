using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Tidings.Gateway.Tests.Hosting;

/// <summary>Counters that nobody reads.</summary>
internal static class TestMetrics
{
    public static GatewayMetrics New() => new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());
}
