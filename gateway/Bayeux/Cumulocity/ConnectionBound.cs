using Microsoft.Extensions.Options;
using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Bayeux.Cumulocity;

/// <summary>
/// Keeps a user's connections to one channel within <see cref="CumulocityOptions.ConnectionsPerChannel"/>: once a second the oldest ones beyond
/// are closed, so that clients who drive each other out do it no faster than that.
/// </summary>
internal sealed partial class ConnectionBound(
    GatewayHub hub, IOptionsMonitor<CumulocityOptions> options, TimeProvider time, GatewayMetrics metrics, ILogger<ConnectionBound> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly KeyValuePair<string, object?> Limit = new("limit", "connections_per_channel");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(Period, time);
        while (await ticks.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                Scan(options.CurrentValue.ConnectionsPerChannel);
            }
            catch (Exception exception)
            {
                Log.ScanFailed(logger, exception);
            }
        }
    }

    private void Scan(int most)
    {
        foreach (var connection in most == 0 ? [] : Surplus(most))
        {
            metrics.Refused.Add(1, Limit);
            connection.Close();
        }
    }

    /// <summary>Connections beyond the bound, each once. Anonymous callers are no user.</summary>
    private HashSet<ICountedConnection> Surplus(int most)
    {
        var held = new Dictionary<(string Tenant, string User, string Channel), List<(long Order, ICountedConnection Connection)>>();
        foreach (var session in hub.Sessions)
        {
            if (session is not { Protocol: ICountedConnection { Order: { } order } connection, Description.Owner.User: { } user })
            {
                continue;
            }

            foreach (var channel in session.Receiver?.SubscriptionsOf(session) ?? [])
            {
                var key = (session.Tenant, user, channel);
                (held.TryGetValue(key, out var all) ? all : held[key] = []).Add((order, connection));
            }
        }

        return [.. held.Values.Where(all => all.Count > most)
            .SelectMany(all => all.OrderByDescending(static each => each.Order).Skip(most))
            .Select(static each => each.Connection)];
    }

    private static partial class Log
    {
        [LoggerMessage(2721, LogLevel.Error, "Connections could not be counted")]
        public static partial void ScanFailed(ILogger logger, Exception exception);
    }
}
