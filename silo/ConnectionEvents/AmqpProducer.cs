using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Microsoft.Extensions.Options;
using Tidings.Protocols.Hono;

namespace Tidings.Silo.ConnectionEvents;

/// <summary>
/// Sends events to an AMQP 1.0 broker as Hono's adapters do: unsettled, done when the broker has accepted (Hono, "Event API for AMQP 1.0").
/// </summary>
internal sealed class AmqpProducer(IOptions<ConnectionEventOptions> options) : IConnectionEventProducer, IAsyncDisposable
{
    private readonly AmqpEventOptions _options = options.Value.Amqp;
    private readonly Dictionary<string, SenderLink> _links = new(StringComparer.Ordinal);
    private Connection? _connection;
    private Session? _session;

    public string Name => "events";

    public async Task ProduceAsync(SessionEvent happened, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(_options.Url) || happened.ToHono() is not { } message)
        {
            return;
        }

        try
        {
            var link = await LinkAsync(happened.Tenant, cancellationToken);
            await link.SendAsync(ToAmqp(message)).WaitAsync(cancellationToken);
        }
        catch
        {
            // Whatever it was, the next attempt begins anew.
            await CloseAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    /// <summary>An event in AMQP's sections.</summary>
    internal static Amqp.Message ToAmqp(HonoEventMessage message)
    {
        var amqp = new Amqp.Message
        {
            Header = new Header { Durable = message.Durable },
            Properties = new Properties
            {
                MessageId = message.MessageId,
                To = message.Address,
                ContentType = new Symbol(message.ContentType),
                CreationTime = message.CreationTime.UtcDateTime,
            },
            ApplicationProperties = new ApplicationProperties(),
            MessageAnnotations = new MessageAnnotations(),
            BodySection = new Data { Binary = message.Body.ToArray() },
        };
        if (message.TimeToLive is { } life)
        {
            amqp.Header.Ttl = (uint)Math.Min(life.TotalMilliseconds, uint.MaxValue);
        }

        foreach (var (key, value) in message.ApplicationProperties)
        {
            amqp.ApplicationProperties[key] = value;
        }

        foreach (var (key, value) in message.Annotations)
        {
            amqp.MessageAnnotations[new Symbol(key)] = value;
        }

        return amqp;
    }

    private async Task<SenderLink> LinkAsync(string tenant, CancellationToken cancellationToken)
    {
        if (_connection is { IsClosed: true } || _session is { IsClosed: true })
        {
            await CloseAsync();
        }

        _connection ??= await ConnectAsync(cancellationToken);
        _session ??= new Session(_connection);
        if (_links.TryGetValue(tenant, out var known) && !known.IsClosed)
        {
            return known;
        }

        if (_links.Count >= _options.Links)
        {
            await Task.WhenAll(_links.Values.Select(static link => link.CloseAsync())).WaitAsync(cancellationToken);
            _links.Clear();
        }

        return _links[tenant] = new SenderLink(_session, $"tidings-events-{tenant}", AttachTo(tenant), null);
    }

    /// <summary>A connection that comes after nobody waits any more is closed, so that those of a broker that is slow do not pile up.</summary>
    private async Task<Connection> ConnectAsync(CancellationToken cancellationToken)
    {
        var connecting = Connection.Factory.CreateAsync(new Address(_options.Url));
        try
        {
            return await connecting.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _ = connecting.ContinueWith(
                static late => late.IsCompletedSuccessfully ? late.Result.CloseAsync() : Task.CompletedTask, TaskScheduler.Default);
            throw;
        }
    }

    private Attach AttachTo(string tenant) => new()
    {
        Source = new Source(),
        Target = new Target { Address = _options.AddressTemplate.Replace("{tenant}", tenant, StringComparison.Ordinal) },
        SndSettleMode = SenderSettleMode.Unsettled,
        RcvSettleMode = ReceiverSettleMode.First,
    };

    private async Task CloseAsync()
    {
        var connection = _connection;
        (_connection, _session) = (null, null);
        _links.Clear();
        if (connection is { IsClosed: false })
        {
            try
            {
                await connection.CloseAsync(TimeSpan.FromSeconds(1));
            }
            catch (Exception exception) when (exception is AmqpException or TimeoutException or ObjectDisposedException)
            {
                // It was broken: closing it politely is all that failed.
            }
        }
    }
}
