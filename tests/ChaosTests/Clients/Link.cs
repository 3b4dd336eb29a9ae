using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Clients;

/// <summary>A wire on which requests find their replies by id.</summary>
sealed class Link : IAsyncDisposable
{
    readonly ConcurrentDictionary<string, TaskCompletionSource<JsonElement>> _pending = new();
    readonly Action<JsonElement> _message;
    Wire _wire = null!;

    Link(Action<JsonElement> message) => _message = message;

    public Wire Wire => _wire;

    /// <param name="open">Opens the wire.</param>
    /// <param name="message">Gets each message, replies too, in the order of arrival and before its request is told.</param>
    public static async Task<Link> OpenAsync(Func<Action<JsonElement>, Task<Wire>> open, Action<JsonElement> message)
    {
        var link = new Link(message);
        link._wire = await open(link.Arrived);
        return link;
    }

    /// <summary>Sends a request and waits for its reply.</summary>
    /// <exception cref="LinkLostException">The wire ended, or no reply came in time: then the wire is cut.</exception>
    public async Task<JsonElement> AskAsync(JsonObject request, TimeSpan patience)
    {
        var reply = _pending[(string)request["id"]!] = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        var sending = _wire.SendAsync(Encoding.UTF8.GetBytes(new JsonArray(request).ToJsonString()));
        try
        {
            await Task.WhenAny(reply.Task, _wire.Ended).WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            _wire.Cut(ConnectionEnd.GivenUp);
        }
        _pending.TryRemove((string)request["id"]!, out _);
        if (reply.Task.IsCompleted)
            return await reply.Task;
        await sending;
        throw new LinkLostException($"{await _wire.Ended} while {request["channel"]} was under way");
    }

    public ValueTask DisposeAsync() => _wire.DisposeAsync();

    void Arrived(JsonElement messages)
    {
        foreach (var message in messages.EnumerateArray())
        {
            _message(message);
            if (message.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String
                && _pending.TryGetValue(id.GetString()!, out var reply))
                reply.TrySetResult(message);
        }
    }
}
