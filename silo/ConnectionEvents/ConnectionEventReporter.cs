using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Tidings.Grains.Sessions;
using Tidings.Protocols.Hono;

namespace Tidings.Silo.ConnectionEvents;

/// <summary>Makes connection events of what becomes of sessions.</summary>
internal sealed class ConnectionEventReporter(
    ConnectionEventPump pump, IOptions<ConnectionEventOptions> options, IGrainFactory grains, ILocalSiloDetails silo, TimeProvider time) : ISessionObserver
{
    /// <summary>The remote end where a client has no address.</summary>
    private const string Unknown = "unknown";

    public async ValueTask<long?> OpenedAsync(string tenant, string sessionId, SessionDescription description)
    {
        if (pump.Queues.Count == 0 || tenant == ChannelId.HealthTenant)
        {
            return 0;
        }

        var number = description.Owner is { User: var user } ? await grains.GetGrain<IConnectionNumberGrain>($"{tenant}/{user}").Next() : 0;
        var happened = EventOf(tenant, sessionId, description with { Number = number }, null);
        if (options.Value.Required)
        {
            var arrived = await Task.WhenAll(pump.Queues.Select(queue => queue.OfferAsync(happened, options.Value.RequiredWithin)));
            return Array.TrueForAll(arrived, static one => one) ? number : null;
        }

        Offer(happened);
        return number;
    }

    public void Ended(string tenant, string sessionId, SessionDescription description, SessionEnd reason)
    {
        if (pump.Queues.Count > 0 && tenant != ChannelId.HealthTenant)
        {
            Offer(EventOf(tenant, sessionId, description, reason));
        }
    }

    private void Offer(SessionEvent happened)
    {
        foreach (var queue in pump.Queues)
        {
            queue.Offer(happened);
        }
    }

    private SessionEvent EventOf(string tenant, string sessionId, SessionDescription description, SessionEnd? ended) => new()
    {
        Tenant = tenant,
        Device = description.Owner?.User,
        Session = sessionId,
        Number = description.Number,
        Time = time.GetUtcNow(),
        Defaults = DefaultsOf(tenant),
        Event = new ConnectionEvent
        {
            Cause = ended is null ? ConnectionCause.Connected : ConnectionCause.Disconnected,
            RemoteId = description.Peer ?? Unknown,
            Source = $"tidings-{description.Protocol}",
            Data = DataOf(sessionId, description, ended),
        },
    };

    private byte[] DataOf(string sessionId, SessionDescription description, SessionEnd? ended)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("session"u8, sessionId);
            writer.WriteString("node"u8, silo.SiloAddress.ToString());
            if (description.Owner is { } owner)
            {
                writer.WriteString("device_id"u8, owner.User);
                writer.WriteNumber("number"u8, description.Number);
            }

            if (ended is { } reason)
            {
                writer.WriteString("reason"u8, NameOf(reason));
            }

            writer.WriteEndObject();
        }

        return json.WrittenSpan.ToArray();
    }

    /// <summary>An end as consumers see it. A client that vanished and one whose gateway crashed are both <c>expired</c>: nobody can tell them apart.</summary>
    private static string NameOf(SessionEnd reason) => reason switch
    {
        SessionEnd.Disconnected => "closed",
        SessionEnd.Expired => "expired",
        SessionEnd.Stopped => "stopped",
        SessionEnd.TooSlow => "shed",
        _ => "kicked",
    };

    private HonoTenantDefaults? DefaultsOf(string tenant)
    {
        var tenants = options.Value.Tenants;
        return (tenants.GetValueOrDefault(tenant) ?? tenants.GetValueOrDefault("*")) is { } said
            ? new HonoTenantDefaults
            {
                MaxTimeToLive = said.MaxTtl is { } most ? TimeSpan.FromSeconds(most) : null,
                DefaultTimeToLive = said.Ttl is { } usual ? TimeSpan.FromSeconds(usual) : null,
                Properties = said.Properties.ToDictionary(static pair => pair.Key, static pair => (object)pair.Value, StringComparer.Ordinal),
            }
            : null;
    }
}
