namespace Tidings.Client.Tests;

/// <summary>Waits with a limit that says what was missing.</summary>
internal static class Wait
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task<List<TidingsMessage>> ReadAsync(this TidingsSubscription subscription, int count)
    {
        using var limit = new CancellationTokenSource(Patience);
        var messages = new List<TidingsMessage>();
        try
        {
            while (messages.Count < count)
            {
                messages.Add(await subscription.ReadAsync(limit.Token));
            }

            return messages;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{messages.Count} of {count} messages came on {subscription.Channel}.");
        }
    }

    public static async Task For(this Task task, string missing)
    {
        try
        {
            await task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(missing);
        }
    }

    public static async Task<T> For<T>(this Task<T> task, string missing)
    {
        await ((Task)task).For(missing);
        return await task;
    }
}
