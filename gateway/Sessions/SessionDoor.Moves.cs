namespace Tidings.Gateway.Sessions;

/// <content>Sessions come to this gateway, and are given back.</content>
internal sealed partial class SessionDoor
{
    /// <summary>Attaches a session that lags or waits again; does nothing for one whose messages come by themselves.</summary>
    public Task<Presence> EnsureAttachedAsync(LocalSession session)
    {
        // A first part of what was missed is to be delivered before more is asked for.
        return session.IsAttached || session is { IsPartial: true, HasPending: true }
            ? Task.FromResult(Presence.Here)
            : session.InTurn(() => AttachInTurnAsync(session, onlyIfFree: false));
    }

    /// <summary>As <see cref="EnsureAttachedAsync"/>, for those who need not wait for it: what fails is tried again by the periodic scan.</summary>
    public async Task CatchUpAsync(LocalSession session)
    {
        try
        {
            await EnsureAttachedAsync(session);
        }
        catch (Exception exception)
        {
            Log.NotAdopted(logger, session.Id, exception.Message);
        }
    }

    /// <summary>Attaches a session whose silo fell silent, wherever it is by then; tells its client where it is no more.</summary>
    public async Task AdoptAsync(LocalSession session)
    {
        session.IsAdopted = true;
        await _adopting.WaitAsync();
        try
        {
            if (await session.InTurn(() => AttachInTurnAsync(session, onlyIfFree: true)) == Presence.Unknown)
            {
                hub.EndedBySilo(session, SessionEnd.Expired);
            }
        }
        catch (Exception exception)
        {
            Log.NotAdopted(logger, session.Id, exception.Message);
        }
        finally
        {
            _adopting.Release();
            session.IsAdopted = false;
        }
    }

    /// <summary>
    /// Gives a session back to its silo: its client takes nothing, and what waits is better kept in the log. Does nothing if its client came
    /// meanwhile.
    /// </summary>
    public Task ParkAsync(LocalSession session)
    {
        var stay = session.Stay;
        return session.InTurn(() => session.Stay == stay && session.BeginLeaving(unlessBound: true) ? ParkInTurnAsync(session) : Task.FromResult(false));
    }

    /// <summary>As <see cref="ParkAsync"/>, for a session that was given up already, when its silo did not answer.</summary>
    public Task ParkAgainAsync(LocalSession session) =>
        session.InTurn(() => session.IsParkedUnheard ? ParkInTurnAsync(session) : Task.FromResult(false));

    private async Task<Presence> AttachInTurnAsync(LocalSession session, bool onlyIfFree, SessionClaim? claim = null)
    {
        if (session.IsAttached)
        {
            return Presence.Here;
        }

        if (session.State == LocalState.Parked && !ReferenceEquals(hub.Find(session.Tenant, session.Id), session))
        {
            return Presence.Left;
        }

        await session.WhenWritten();
        var handover = session.GiveUp(LocalState.Parked);
        if (!session.BeginStay())
        {
            // One that left before it was ever attached here is found anew.
            return session.EndedBy is not null ? Presence.Unknown : session.Description is null ? Presence.Left : Presence.Here;
        }

        AttachResult result;
        try
        {
            result = await (claim is null
                ? GrainOf(session).Attach(hub.Address, session.Stay, handover, onlyIfFree)
                : GrainOf(session).Claim(hub.Address, session.Stay, handover, claim));
        }
        catch
        {
            // Not attached as far as is known: to be tried again.
            session.Orphan();
            throw;
        }

        Log.Attached(logger, session.Id, session.Stay, result.Description is not null, result.Live);
        if (result.Description is null || result.Unproven)
        {
            hub.Discard(session);
            return result.Unproven ? Presence.Unproven : Presence.Unknown;
        }

        if (result.Elsewhere)
        {
            hub.Leave(session);
            return Presence.Here;
        }

        session.LastConnect = time.GetSteadyNow();
        session.Deadline ??= session.LastConnect + result.Description.Lifetime;
        session.Attached(result);
        return Presence.Here;
    }

    private async Task<bool> ParkInTurnAsync(LocalSession session)
    {
        metrics.Parked.Add(1);
        var lifetime = session.Deadline is { } deadline && deadline - time.GetSteadyNow() is { Ticks: > 0 } left
            ? left
            : session.Description?.Lifetime ?? TimeSpan.Zero;
        var handover = await hub.GiveUpAsync(session, LocalState.Parked);
        try
        {
            await GrainOf(session).Park(hub.Address.Id, session.Stay, handover, lifetime);
            session.Told();
            hub.Remove(session);
            Log.Parked(logger, session.Id, session.Stay);
            return true;
        }
        catch (Exception exception)
        {
            Log.ParkFailed(logger, session.Id, exception);
            return false;
        }
    }
}
