using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tidings.Conformance.Wire;

/// <summary>Matches the replies that arrive on a socket with the requests that wait for them, by id.</summary>
sealed class ReplyBoard
{
    readonly Lock _lock = new();
    readonly List<Pending> _pending = [];
    readonly List<string> _frames = [];
    readonly TaskCompletionSource<WebSocketCloseStatus> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<WebSocketCloseStatus> Closed => _closed.Task;

    public IReadOnlyList<string> Frames
    {
        get
        {
            lock (_lock)
                return [.. _frames];
        }
    }

    /// <summary>Completes when each of the messages has its reply, or the socket is closed.</summary>
    public Task<Exchange> Expect(IEnumerable<JsonObject> messages)
    {
        var pending = new Pending([.. messages.Select(message => Key(message["id"]))]);
        lock (_lock)
        {
            if (_closed.Task.IsCompleted)
                return Task.FromResult(new Exchange { Closed = _closed.Task.Result });
            _pending.Add(pending);
        }

        return pending.Answered.Task;
    }

    /// <summary>Takes a frame; returns its messages.</summary>
    public IReadOnlyList<JsonObject> Add(string frame)
    {
        var messages = Parse(frame);
        lock (_lock)
        {
            _frames.Add(frame);
            foreach (var reply in messages.Where(Inbox.IsReply))
                _pending.Find(pending => pending.Take(Key(reply["id"]), reply, frame));
            _pending.RemoveAll(pending => pending.Complete());
        }

        return messages;
    }

    /// <summary>Ends all waiting.</summary>
    public void Close(WebSocketCloseStatus status)
    {
        lock (_lock)
        {
            _closed.TrySetResult(status);
            foreach (var pending in _pending)
                pending.Close(status);
            _pending.Clear();
        }
    }

    static string Key(JsonNode? id) => id?.ToJsonString() ?? "";

    static List<JsonObject> Parse(string frame)
    {
        try
        {
            return [.. (JsonNode.Parse(frame) as JsonArray ?? []).OfType<JsonObject>()];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    sealed class Pending(List<string> ids)
    {
        readonly List<JsonObject> _replies = [];
        readonly List<string> _frames = [];

        public TaskCompletionSource<Exchange> Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Take(string id, JsonObject reply, string frame)
        {
            if (!ids.Remove(id))
                return false;
            _replies.Add(reply);
            if (!_frames.Contains(frame))
                _frames.Add(frame);
            return true;
        }

        public bool Complete() => ids.Count == 0 && Answered.TrySetResult(Outcome(null));

        public void Close(WebSocketCloseStatus status) => Answered.TrySetResult(Outcome(status));

        Exchange Outcome(WebSocketCloseStatus? closed) =>
            new() { Closed = closed, Body = string.Join('\n', _frames), Messages = _replies };
    }
}
