using System.Reflection;

namespace Tidings.Grains.Logs;

/// <summary>A log whose next appends can be made to end without an answer, though they happen.</summary>
public class LogProxy : DispatchProxy
{
    private IMessageLog? _log;
    private int _unanswered;

    /// <summary>A proxy of a log; cast it to <see cref="LogProxy"/> to steer it.</summary>
    public static IMessageLog Of(IMessageLog log)
    {
        var proxy = Create<IMessageLog, LogProxy>();
        ((LogProxy)(object)proxy)._log = log;
        return proxy;
    }

    /// <summary>From here on so many appends happen and say that their outcome is not known.</summary>
    public void LeaveUnanswered(int appends) => Volatile.Write(ref _unanswered, appends);

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.Name == nameof(IMessageLog.AppendAsync) && Interlocked.Decrement(ref _unanswered) >= 0
            ? new ValueTask<LogClaim?>(AppendUnansweredAsync((LogClaim)args![0]!, (IReadOnlyList<Message>)args[1]!))
            : targetMethod.Invoke(_log, args);

    private async Task<LogClaim?> AppendUnansweredAsync(LogClaim claim, IReadOnlyList<Message> messages)
    {
        await _log!.AppendAsync(claim, messages);
        throw new LogUnavailableException("The answer was lost.");
    }
}
