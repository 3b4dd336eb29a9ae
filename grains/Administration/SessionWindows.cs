using Microsoft.Extensions.Logging;
using Tidings.Grains.Fanout;

namespace Tidings.Grains.Administration;

/// <summary>Asks gateways what they hold of sessions. One that does not answer soon is passed over.</summary>
internal sealed partial class SessionWindows(SiloFanout fanout, TimeProvider time, ILogger<SessionWindows> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(700);

    public async Task<SessionView[]> AddAsync(SessionView[] sessions)
    {
        var asked = sessions.Where(static session => session.Gateway is not null).GroupBy(static session => session.Gateway!).Select(AskAsync);
        var windows = (await Task.WhenAll(asked)).SelectMany(static found => found).DistinctBy(static found => found.Session).ToDictionary(static found => found.Session);
        return Array.ConvertAll(sessions, session => session with { Window = windows.GetValueOrDefault(session.Id) });
    }

    private async Task<SessionWindow[]> AskAsync(IGrouping<string, SessionView> sessions)
    {
        try
        {
            return fanout.GatewayOf(sessions.Key) is { } gateway
                ? await gateway.Observer.Look([.. sessions.Select(static session => session.Id)]).WaitAsync(Patience, time)
                : [];
        }
        catch (Exception exception)
        {
            Log.NotAnswered(logger, sessions.Key, exception.Message);
            return [];
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1801, LogLevel.Debug, "Gateway {Gateway} did not say what it holds: {Reason}")]
        public static partial void NotAnswered(ILogger logger, string gateway, string reason);
    }
}
