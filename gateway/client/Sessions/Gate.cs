namespace Tidings.Client.Sessions;

/// <summary>Lets those through who wait for a session, while there is one.</summary>
internal sealed class Gate<T>
    where T : class
{
    private readonly Lock _lock = new();
    private TaskCompletionSource<T> _open = New();
    private Exception? _end;

    /// <summary>What it is open with; null while it is shut.</summary>
    public T? Current => _open.Task is { IsCompletedSuccessfully: true } open ? open.Result : null;

    /// <exception cref="TidingsClosedException">It will not open any more.</exception>
    public Task<T> WaitAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _open.Task.WaitAsync(cancellationToken);
        }
    }

    public void Open(T value)
    {
        lock (_lock)
        {
            Shut();
            _open.TrySetResult(value);
        }
    }

    public void Shut()
    {
        lock (_lock)
        {
            if (_open.Task.IsCompleted && _end is null)
            {
                _open = New();
            }
        }
    }

    /// <summary>Shuts it for good.</summary>
    public void End(TidingsClosedException why)
    {
        lock (_lock)
        {
            Shut();
            _end = why;
            _open.TrySetException(why);
            _ = _open.Task.Exception;
        }
    }

    private static TaskCompletionSource<T> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
