using System.Text;
using Microsoft.Extensions.Options;
using Tidings.Protocols.Hono;

namespace Tidings.Silo.ConnectionEvents;

/// <summary>A line of the log for each event, of anonymous clients, too.</summary>
internal sealed partial class LogProducer(IOptions<ConnectionEventOptions> options, ILogger<LogProducer> logger) : IConnectionEventProducer
{
    public string Name => "logging";

    private readonly LogLevel _level = ConnectionEventSettings.ReadLogLevel(options.Value.LogLevel) == ConnectionEventLogLevel.Debug
        ? LogLevel.Debug
        : LogLevel.Information;

    public Task ProduceAsync(SessionEvent happened, CancellationToken cancellationToken)
    {
        if (logger.IsEnabled(_level))
        {
            var what = happened.Event;
            var cause = what.Cause == ConnectionCause.Connected ? "connected" : "disconnected";
            var data = Encoding.UTF8.GetString(what.Data.Span);
            Log.Happened(logger, _level, cause, what.RemoteId, what.Source, happened.Tenant, happened.Device ?? "null", data);
        }

        return Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1901, Message = "{Cause} - ID: {RemoteId}, Protocol Adapter: {Source}, Tenant: {Tenant}, Device: {Device}, Data: {Data}")]
        public static partial void Happened(
            ILogger logger, LogLevel level, string cause, string remoteId, string source, string tenant, string device, string data);
    }
}
