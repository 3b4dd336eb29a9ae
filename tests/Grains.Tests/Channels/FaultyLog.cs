using System.Reflection;
using Tidings.Grains.Logs;

namespace Tidings.Grains.Channels;

/// <summary>What becomes of a channel's next write to its log.</summary>
public enum LogFault
{
    None,

    /// <summary>It takes a while, so that publishes gather.</summary>
    Delayed,

    /// <summary>It fails, and nothing is stored.</summary>
    NotStored,

    /// <summary>It is stored, and nobody is told.</summary>
    AnswerLost,

    /// <summary>Another activation has claimed the log meanwhile.</summary>
    Stolen,

    /// <summary>It is stored without an answer, and the claim that follows fails.</summary>
    AnswerAndClaimLost,
}

/// <summary>A log whose next write can be made to fail.</summary>
public class FaultyLog : DispatchProxy
{
    private readonly Lock _lock = new();
    private IMessageLog? _log;
    private LogFault _fault;
    private bool _failsClaim;

    internal static (IMessageLog Log, FaultyLog Faults) Of(IMessageLog log)
    {
        var proxy = Create<IMessageLog, FaultyLog>();
        var faults = (FaultyLog)(object)proxy;
        faults._log = log;
        return (proxy, faults);
    }

    /// <summary>What becomes of the next write.</summary>
    public void Fail(LogFault fault)
    {
        lock (_lock)
        {
            (_fault, _failsClaim) = (fault, false);
        }
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
    {
        nameof(IMessageLog.AppendAsync) => new ValueTask<LogClaim?>(AppendAsync((LogClaim)args![0]!, (IReadOnlyList<Message>)args[1]!)),
        nameof(IMessageLog.ClaimAsync) when FailsClaim() => new ValueTask<LogClaim>(Task.FromException<LogClaim>(new LogUnavailableException("The claim was lost."))),
        _ => targetMethod.Invoke(_log, args),
    };

    private bool FailsClaim()
    {
        lock (_lock)
        {
            var fails = _failsClaim;
            _failsClaim = false;
            return fails;
        }
    }

    private LogFault Take()
    {
        lock (_lock)
        {
            var fault = _fault;
            (_fault, _failsClaim) = (LogFault.None, fault == LogFault.AnswerAndClaimLost);
            return fault;
        }
    }

    private async Task<LogClaim?> AppendAsync(LogClaim claim, IReadOnlyList<Message> messages)
    {
        var fault = Take();
        if (fault == LogFault.NotStored)
        {
            throw new LogUnavailableException("The log is away.");
        }

        if (fault == LogFault.Stolen)
        {
            await _log!.ClaimAsync(claim.Channel);
        }

        if (fault == LogFault.Delayed)
        {
            await Task.Yield();
        }

        var appended = await _log!.AppendAsync(claim, messages);
        return fault is LogFault.AnswerLost or LogFault.AnswerAndClaimLost ? throw new LogUnavailableException("The answer was lost.") : appended;
    }
}
