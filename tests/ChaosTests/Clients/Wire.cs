using System.Text.Json;
using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Clients;

/// <summary>A client's way to the server until it breaks. What comes is handed over in order; nothing is after the end.</summary>
/// <param name="arrived">Gets each array of messages whole.</param>
abstract class Wire(Action<JsonElement> arrived) : IAsyncDisposable
{
    readonly TaskCompletionSource<ConnectionEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Lock _lock = new();

    /// <summary>The gateway that answered first, as the front names it.</summary>
    public string? Gateway { get; protected set; }

    /// <summary>How it ended, once it has.</summary>
    public Task<ConnectionEnd> Ended => _ended.Task;

    /// <summary>Sends messages, a JSON array. A failure ends the wire.</summary>
    public abstract Task SendAsync(ReadOnlyMemory<byte> messages);

    /// <summary>Ends it from the client's side, without a word.</summary>
    public void Cut(ConnectionEnd end)
    {
        End(end);
        Abort();
    }

    /// <summary>Ends it, and waits until nothing can arrive any more.</summary>
    public abstract ValueTask DisposeAsync();

    protected void End(ConnectionEnd end)
    {
        lock (_lock)
            _ended.TrySetResult(end);
    }

    protected abstract void Abort();

    /// <summary>What is read after the end was not received: it is dropped, as a client that has closed drops it.</summary>
    protected void Arrive(ReadOnlyMemory<byte> json)
    {
        var messages = JsonDocument.Parse(json).RootElement;
        lock (_lock)
        {
            if (!_ended.Task.IsCompleted)
                arrived(messages);
        }
    }
}
