using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Tidings.Grains.Streams;

namespace Tidings.Grains.Patterns;

/// <inheritdoc cref="IPatternRegistryGrain"/>
[Reentrant]
internal sealed partial class PatternRegistryGrain(
    [PersistentState("patterns", TidingsStorage.Name)] IPersistentState<PatternRegistryState> state,
    SiloServiceClient silos,
    IClusterMembers membership,
    TimeProvider time,
    ILogger<PatternRegistryGrain> logger) : Grain, IPatternRegistryGrain
{
    private static readonly TimeSpan CopyPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CopyPause = TimeSpan.FromSeconds(1);
    private readonly Dictionary<string, PatternChange> _untold = new(StringComparer.Ordinal);
    private Task _writing = Task.CompletedTask;
    private bool _dirty;

    public Task Add(string pattern, string silo) => ChangeAsync(new PatternEntry(pattern, silo), added: true);

    public Task Remove(string pattern, string silo) => ChangeAsync(new PatternEntry(pattern, silo), added: false);

    public async Task<PatternCopy> Copy(string silo)
    {
        ForgetDeadSilos();
        if (state.State.Copies.Add(silo))
        {
            await WriteAsync();
        }

        return new PatternCopy(state.State.Version, [.. state.State.Entries]);
    }

    private async Task ChangeAsync(PatternEntry entry, bool added)
    {
        var changed = added ? state.State.Entries.Add(entry) : state.State.Entries.Remove(entry);
        if (!changed && !added)
        {
            return;
        }

        // One that is added again may have failed the first time, after it was noted here and before everybody was told.

        var change = new PatternChange(this.GetPrimaryKeyString(), ++state.State.Version, entry, added);
        ForgetDeadSilos();
        await WriteAsync();
        await Task.WhenAll(state.State.Copies.Select(silo => TellAsync(silo, change)));
    }

    /// <summary>A silo that does not answer blocks nobody: it is told again, and asks for a fresh copy if it missed more.</summary>
    private async Task TellAsync(string silo, PatternChange change)
    {
        try
        {
            await silos.Of(silo).ChangePattern(change).WaitAsync(CopyPatience, time);
        }
        catch (Exception exception)
        {
            Log.CopyNotTold(logger, silo, change.Tenant, exception);
            var isAlone = !_untold.ContainsKey(silo);
            _untold[silo] = change;
            if (isAlone)
            {
                _ = TellAgainAsync(silo);
            }
        }
    }

    /// <summary>Until it answers or is gone: a silo that lacks a pattern keeps its messages back, and no gap would ever show that.</summary>
    private async Task TellAgainAsync(string silo)
    {
        while (_untold.TryGetValue(silo, out var change))
        {
            await Task.Delay(CopyPause, time);
            try
            {
                await (membership.IsGone(silo) ? Task.CompletedTask : silos.Of(silo).ChangePattern(change).WaitAsync(CopyPatience, time));
                if (_untold[silo].Version == change.Version)
                {
                    _untold.Remove(silo);
                }
            }
            catch (Exception exception)
            {
                Log.CopyNotTold(logger, silo, change.Tenant, exception);
            }
        }
    }

    private void ForgetDeadSilos()
    {
        state.State.Copies.RemoveWhere(membership.IsGone);
        state.State.Entries.RemoveWhere(entry => membership.IsGone(entry.Silo));
    }

    /// <summary>One write under way; changes made meanwhile join the next.</summary>
    private async Task WriteAsync()
    {
        _dirty = true;
        while (_dirty)
        {
            if (!_writing.IsCompleted)
            {
                await _writing;
                continue;
            }

            _dirty = false;
            _writing = state.WriteStateAsync();
            await _writing;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1301, LogLevel.Warning, "Silo {Silo} was not told of a changed pattern of tenant {Tenant}")]
        public static partial void CopyNotTold(ILogger logger, string silo, string tenant, Exception exception);
    }
}

/// <summary>What the registry keeps.</summary>
[GenerateSerializer, Alias("tidings.PatternRegistryState")]
internal sealed class PatternRegistryState
{
    [Id(0)]
    public long Version { get; set; }

    [Id(1)]
    public HashSet<PatternEntry> Entries { get; set; } = [];

    [Id(2)]
    public HashSet<string> Copies { get; set; } = [];
}
