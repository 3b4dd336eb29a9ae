using System.Collections.Concurrent;
using System.Reflection;

namespace Tidings.Grains.Logs;

/// <summary>
/// A log whose next appends can be made to end without an answer, though they happen, that can refuse appends and hold up reads, and that shows
/// which silos want which channels: a claim would show it too, but fence the channel's grain.
/// </summary>
public class LogProxy : DispatchProxy
{
    private readonly ConcurrentDictionary<(ChannelId Channel, string Silo), bool> _interests = new();
    private IMessageLog? _log;
    private int _unanswered;
    private Task _readable = Task.CompletedTask;

    /// <summary>Whether appends are refused, as by a store that is down.</summary>
    public bool IsUnwilling { get; set; }

    /// <summary>Whether it passes for one that several silos share, such as Redis.</summary>
    public bool IsShared { get; set; }

    /// <summary>A proxy of a log; cast it to <see cref="LogProxy"/> to steer it.</summary>
    public static IMessageLog Of(IMessageLog log)
    {
        var proxy = Create<IMessageLog, LogProxy>();
        ((LogProxy)(object)proxy)._log = log;
        return proxy;
    }

    /// <summary>From here on so many appends happen and say that their outcome is not known.</summary>
    public void LeaveUnanswered(int appends) => Volatile.Write(ref _unanswered, appends);

    /// <summary>From here on reads fail until this has ended.</summary>
    public void FailReadsUntil(Task readable) => Volatile.Write(ref _readable, readable);

    /// <summary>Whether any silo wants a channel.</summary>
    public bool IsWanted(ChannelId channel) => _interests.Any(interest => interest.Key.Channel == channel && interest.Value);

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
    {
        $"get_{nameof(IMessageLog.IsShared)}" when IsShared => true,
        nameof(IMessageLog.AppendAsync) when IsUnwilling => new ValueTask<LogClaim?>(Task.FromException<LogClaim?>(new LogUnavailableException())),
        nameof(IMessageLog.AppendAsync) when Interlocked.Decrement(ref _unanswered) >= 0 =>
            new ValueTask<LogClaim?>(AppendUnansweredAsync((LogClaim)args![0]!, (IReadOnlyList<Message>)args[1]!)),
        nameof(IMessageLog.ReadAsync) when !Volatile.Read(ref _readable).IsCompleted =>
            new ValueTask<LogRead>(Task.FromException<LogRead>(new LogUnavailableException("The log cannot be read."))),
        nameof(IMessageLog.SetInterestAsync) => Note((ChannelId)args![0]!, (string)args[1]!, (bool)args[2]!, targetMethod, args),
        _ => targetMethod.Invoke(_log, args),
    };

    private object? Note(ChannelId channel, string silo, bool isInterested, MethodInfo method, object?[] args)
    {
        _interests[(channel, silo)] = isInterested;
        return method.Invoke(_log, args);
    }

    private async Task<LogClaim?> AppendUnansweredAsync(LogClaim claim, IReadOnlyList<Message> messages)
    {
        await _log!.AppendAsync(claim, messages);
        throw new LogUnavailableException("The answer was lost.");
    }
}
