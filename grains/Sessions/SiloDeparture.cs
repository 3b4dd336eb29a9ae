using Microsoft.Extensions.Logging;
using Tidings.Grains.Fanout;

namespace Tidings.Grains.Sessions;

/// <summary>
/// Hands sessions over before their silo stops, while gateways still reach it: a silo that has said that it leaves is cut off. Until it has said
/// so, sessions may be placed here again; they are refused, and placed anew.
/// </summary>
internal sealed partial class SiloDeparture(
    SiloFanout fanout, ISessionStore store, IGrainFactory grains, TimeProvider time, ILogger<SiloDeparture> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    private const int AtOnce = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(SiloDeparture), ServiceLifecycleStage.Active, static _ => Task.CompletedTask, MoveSessionsAsync);

    /// <summary>Writes every session down, and tells the gateways to look for them elsewhere; gives up after some seconds.</summary>
    public async Task MoveSessionsAsync(CancellationToken cancellationToken)
    {
        if (!store.IsDurable)
        {
            return;
        }

        try
        {
            fanout.IsLeaving = true;
            using var patience = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            await Parallel.ForEachAsync(
                fanout.All(),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = either.Token },
                async (mailbox, _) => await grains.GetGrain<ISessionGrain>(SessionId.ToKey(mailbox.Tenant, mailbox.SessionId)).Leave());
            await fanout.FlushAsync(either.Token);
        }
        catch (Exception exception)
        {
            // Their gateways will miss the silo, and look for them by themselves.
            Log.NotMoved(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1421, LogLevel.Warning, "Not every session could be handed over before this silo stops")]
        public static partial void NotMoved(ILogger logger, Exception exception);
    }
}
