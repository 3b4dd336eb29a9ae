using System.Buffers.Text;
using System.Globalization;
using System.Security.Claims;
using System.Text;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Health;

/// <summary>
/// Publishes a number again and again and hears it, by a session of its own, at this gateway: through everything that a client's message passes. One
/// publish is under way at a time. Channel and session are of a tenant that no caller can be of.
/// </summary>
internal sealed partial class DeliveryProbe(
    SessionDoor door,
    GatewayHub hub,
    ChannelGrains channels,
    Readiness readiness,
    IOptions<HealthOptions> options,
    TimeProvider time,
    ILogger<DeliveryProbe> logger) : BackgroundService, ISessionSink, IProtocolSession
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(1);

    private volatile LocalSession? _session;
    private long _sent;
    private long _heard;

    public string Transport => Transports.None;

    /// <summary>Its channel: of this process alone, so that it hears nobody else.</summary>
    private ChannelId Channel => new(ChannelId.HealthTenant, "/gateway/" + hub.Address.Id);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ProbeAsync();
            }
            catch (Exception exception)
            {
                // Readiness tells how it is; here is why.
                Log.Failed(logger, exception.Message);
            }

            var pause = readiness.State == ReadinessState.Ready || options.Value.ProbeEvery < Soon ? options.Value.ProbeEvery : Soon;
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_session is { } session)
        {
            // Otherwise it ends by itself within its lifetime.
            await ((Task)door.CloseAsync(session.Tenant, session.Id, SessionEnd.Disconnected)).WaitAsync(FarewellPatience, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Wake(LocalSession session, OutboxItem item)
    {
        while (session.TakeForWriting() is { } items)
        {
            var heard = items.OfType<DeliveryBatch>().SelectMany(static batch => batch.Messages).Select(NumberOf).DefaultIfEmpty().Max();
            session.Written();
            if (heard > Interlocked.Exchange(ref _heard, heard))
            {
                readiness.Heard();
            }
        }
    }

    public void Tick(LocalSession session, DateTimeOffset now)
    {
    }

    public void Released(LocalSession session) => Forget(session);

    public void Ended(LocalSession session, SessionEnd reason) => Forget(session);

    public void Stopping(LocalSession session)
    {
    }

    private async Task ProbeAsync()
    {
        if (_session is null)
        {
            await OpenAsync();
        }

        if (Interlocked.Read(ref _heard) < _sent)
        {
            readiness.Missed();
        }

        var item = new PublishItem { Body = Encoding.ASCII.GetBytes((++_sent).ToString(CultureInfo.InvariantCulture)) };
        var result = await channels.Of(Channel).Publish([item]);
        if (result.Status != PublishStatus.Stored)
        {
            Log.Failed(logger, GatewayMetrics.ErrorOf(result.Status)!);
        }
    }

    private async Task OpenAsync()
    {
        var channel = Channel;
        var description = new SessionDescription { Protocol = "health", Lifetime = Lifetime };
        var (secret, session) = await door.OpenAsync(channel.Tenant, description, this, new ClaimsPrincipal())
            ?? throw new InvalidOperationException("No session could be begun.");

        // It is nobody's: rules that are for callers do not count.
        (session.User, session.Grants, session.Deadline) = (null, null, null);
        session.Bind(this);
        try
        {
            if (await door.SubscribeAsync(channel.Tenant, secret, [channel.Name]) is not SubscribeStatus.Done and var status)
            {
                throw new InvalidOperationException($"A session could not be subscribed: {status}.");
            }

            _session = session;
        }
        catch
        {
            // Nobody else would end a session without a deadline.
            session.Deadline = time.GetSteadyNow();
            throw;
        }
    }

    private void Forget(LocalSession session) => Interlocked.CompareExchange(ref _session, null, session);

    private static long NumberOf(Message message) => Utf8Parser.TryParse(message.Item.Body, out long number, out _) ? number : 0;

    private static partial class Log
    {
        [LoggerMessage(2961, LogLevel.Debug, "A message that shows whether the cluster works could not be published: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
