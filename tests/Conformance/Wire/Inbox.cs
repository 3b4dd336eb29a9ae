using System.Text.Json.Nodes;

namespace Tidings.Conformance.Wire;

/// <summary>The deliveries that reached one wire, in order of arrival, and a way to wait for them.</summary>
sealed class Inbox
{
    readonly Lock _lock = new();
    readonly List<JsonObject> _deliveries = [];
    TaskCompletionSource _changed = NewSignal();

    /// <summary>A reply has <c>successful</c> and an id, and no data; everything else was delivered.</summary>
    public static bool IsReply(JsonObject message) =>
        message.ContainsKey("successful") && message.ContainsKey("id") && !message.ContainsKey("data");

    /// <summary>All deliveries until now.</summary>
    public IReadOnlyList<JsonObject> All
    {
        get
        {
            lock (_lock)
                return [.. _deliveries];
        }
    }

    /// <summary>Keeps the deliveries among the messages.</summary>
    public void Add(IEnumerable<JsonObject> messages)
    {
        lock (_lock)
        {
            _deliveries.AddRange(messages.Where(message => !IsReply(message)));
            _changed.TrySetResult();
            _changed = NewSignal();
        }
    }

    /// <summary>Completes when the deliveries satisfy the condition.</summary>
    public async Task WhenAsync(Func<IReadOnlyList<JsonObject>, bool> enough, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (enough(_deliveries))
                    return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellation);
        }
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
