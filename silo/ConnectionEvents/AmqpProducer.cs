using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Microsoft.Extensions.Options;
using Tidings.Protocols.Hono;

namespace Tidings.Silo.ConnectionEvents;

/// <summary>
/// Sends events to an AMQP 1.0 broker as Hono's adapters do: unsettled, done when the broker has accepted (Hono, "Event API for AMQP 1.0"). Tenants
/// share a connection and have a link each; what goes wrong with one's link leaves the others' alone.
/// </summary>
internal sealed class AmqpProducer(IOptions<ConnectionEventOptions> options) : IConnectionEventProducer, IAsyncDisposable
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly AmqpEventOptions _options = options.Value.Amqp;
    private readonly SemaphoreSlim _one = new(1);
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

        var link = await LinkAsync(happened.Tenant, cancellationToken);
        try
        {
            await SendAsync(link, ToAmqp(message)).WaitAsync(cancellationToken);
        }
        catch
        {
            await LetGoAsync(happened.Tenant, link);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _one.Dispose();
    }

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

    /// <summary>Completes when the peer has accepted. The library's own way never completes when a peer rejects without saying why.</summary>
    private static Task SendAsync(SenderLink link, Amqp.Message message)
    {
        var accepted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        link.Send(
            message,
            static (_, _, outcome, state) =>
            {
                var waiting = (TaskCompletionSource)state;
                if (outcome is Accepted)
                {
                    waiting.TrySetResult();
                }
                else
                {
                    waiting.TrySetException(new IOException($"The peer did not accept an event: {outcome}"));
                }
            },
            accepted);
        return accepted.Task;
    }

    private async Task<SenderLink> LinkAsync(string tenant, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
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
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The next attempt of a tenant begins with a new link; a broker that does not even let go of one gets a new connection.</summary>
    private async Task LetGoAsync(string tenant, SenderLink link)
    {
        await _one.WaitAsync();
        try
        {
            if (_links.GetValueOrDefault(tenant) == link)
            {
                _links.Remove(tenant);
            }

            if (!link.IsClosed)
            {
                await link.CloseAsync(Farewell, null);
            }
        }
        catch (Exception exception) when (exception is AmqpException or TimeoutException or ObjectDisposedException)
        {
            if (link.Session == _session)
            {
                await CloseAsync();
            }
        }
        finally
        {
            _one.Release();
        }
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
                await connection.CloseAsync(Farewell);
            }
            catch (Exception exception) when (exception is AmqpException or TimeoutException or ObjectDisposedException)
            {
                // It was broken: closing it politely is all that failed.
            }
        }
    }
}
