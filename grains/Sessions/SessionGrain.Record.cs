using Tidings.Grains.Fanout;

namespace Tidings.Grains.Sessions;

/// <content>The session's record: what outlives its silo.</content>
internal sealed partial class SessionGrain
{
    private static readonly TimeSpan ShortestRecordLife = TimeSpan.FromHours(1);
    private const int RecordLives = 4;

    private long _owner;
    private SessionRecord? _written;
    private DateTimeOffset _writtenAt;

    /// <summary>Writes where the session stands, if that is news or the record would expire. A store that is away is tried again at the next call.</summary>
    public async Task Save()
    {
        if (_mailbox is not { } mailbox || !store.IsDurable)
        {
            return;
        }

        try
        {
            var record = fanout.RecordOf(mailbox, _description!, _started);
            if (_written is null || store.HasForgotten || !record.SaysTheSameAs(_written) || time.GetSteadyNow() - _writtenAt > limits.Value.SessionRecordAge)
            {
                await WriteAsync(record);
            }
        }
        catch (Exception exception)
        {
            Log.WriteFailed(logger, mailbox.SessionId, exception);
        }
    }

    public async Task Recall()
    {
        if (await FindAsync() is not null)
        {
            await Save();
        }
    }

    /// <summary>Long enough to outlive the lifetime, the time until somebody looks after it, and a cluster that is down for a while.</summary>
    private TimeSpan RecordLife
    {
        get
        {
            var life = (_description!.Lifetime + RecordDue) * RecordLives;
            return life > ShortestRecordLife ? life : ShortestRecordLife;
        }
    }

    /// <summary>A record in use is written anew before: one write may fail.</summary>
    private TimeSpan RecordDue => (limits.Value.SessionRecordAge * 2) + SessionSweeper.SavePeriodOf(limits.Value);

    private async ValueTask WriteAsync()
    {
        if (store.IsDurable)
        {
            await WriteAsync(fanout.RecordOf(_mailbox!, _description!, _started));
        }
    }

    /// <exception cref="InvalidOperationException">Another activation owns the session.</exception>
    private async ValueTask WriteAsync(SessionRecord record)
    {
        if (!await store.WriteAsync(this.GetPrimaryKeyString(), _owner, record, RecordLife, RecordDue))
        {
            var mailbox = _mailbox!;
            Log.Fenced(logger, mailbox.SessionId);
            fanout.MoveAway(mailbox, _holder);
            Forget();
            throw new InvalidOperationException("The session was taken over by another activation.");
        }

        (_written, _writtenAt) = (record, time.GetSteadyNow());
    }

    /// <summary>Takes the session up from its record. False if there is none.</summary>
    private async ValueTask<bool> RestoreAsync(SessionHandover? handover)
    {
        if (fanout.IsLeaving)
        {
            DeactivateOnIdle();
            throw new InvalidOperationException("This silo is about to stop.");
        }

        if (!store.IsDurable || await store.ClaimAsync(this.GetPrimaryKeyString()) is not var (owner, record))
        {
            return false;
        }

        var (tenant, id) = Key();
        _mailbox = await fanout.RestoreAsync(tenant, id, record, handover);
        (_owner, _description, _started) = (owner, _mailbox.Description = record.Description, record.Started);
        (_written, _writtenAt) = (record, time.GetSteadyNow());
        return true;
    }

    private async ValueTask RemoveRecordAsync(Mailbox mailbox)
    {
        try
        {
            await store.RemoveAsync(this.GetPrimaryKeyString(), _owner);
        }
        catch (Exception exception)
        {
            // It expires by itself; until then the session could come back, and would end for want of a client.
            Log.WriteFailed(logger, mailbox.SessionId, exception);
        }
    }
}
