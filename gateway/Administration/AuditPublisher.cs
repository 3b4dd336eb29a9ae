using System.Text.Json;
using System.Text.Json.Serialization;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Identity.Accounts;

namespace Tidings.Gateway.Administration;

/// <summary>
/// Publishes what the audit writes to <see cref="SystemChannels.Audit"/> of the tenant that it concerns, so that its administrators see it as it
/// happens. What concerns nobody known is the default tenant's. What cannot be published is in the log all the same.
/// </summary>
internal sealed partial class AuditPublisher(AuditTrail trail, AccountCache accounts, IClusterClient cluster, TimeProvider time, ILogger<AuditPublisher> logger)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(Period, time);
        while (await ticks.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var entries in trail.Take().GroupBy(TenantOf))
            {
                await PublishAsync(entries.Key, [.. entries]);
            }
        }
    }

    private string TenantOf(AuditEntry entry) =>
        entry.Tenant is { } tenant && accounts.Rules.Tenants.ContainsKey(tenant) ? tenant : ChannelId.DefaultTenant;

    private async Task PublishAsync(string tenant, AuditEntry[] entries)
    {
        try
        {
            var items = Array.ConvertAll(entries, static entry => new PublishItem { Body = JsonSerializer.SerializeToUtf8Bytes(entry, AuditJson.Default.AuditEntry) });
            var result = await cluster.GetGrain<IChannelGrain>(new ChannelId(tenant, SystemChannels.Audit).ToKey()).Publish(items).WaitAsync(Patience, time);
            if (result.Status != PublishStatus.Stored)
            {
                Leave(entries.Length, result.Status.ToString());
            }
        }
        catch (Exception exception)
        {
            Leave(entries.Length, exception.Message);
        }
    }

    private void Leave(int count, string reason)
    {
        trail.Leave(count);
        Log.NotPublished(logger, count, reason);
    }

    private static partial class Log
    {
        [LoggerMessage(2511, LogLevel.Warning, "{Count} entries of the audit are in the log only: {Reason}")]
        public static partial void NotPublished(ILogger logger, int count, string reason);
    }
}

/// <summary>JSON of the audit, generated at compile time.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuditEntry))]
internal sealed partial class AuditJson : JsonSerializerContext;
