using System.Text;
using Tidings.Client;

namespace Tidings.Cli.Commands;

/// <summary>What to load a server with.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Subscribers">Clients that subscribe.</param>
/// <param name="Publishers">Clients that publish.</param>
/// <param name="Rate">Messages a second, of all publishers together.</param>
/// <param name="Time">For how long.</param>
/// <param name="Size">Bytes of padding in a message.</param>
internal sealed record LoadPlan(string Channel, int Subscribers, int Publishers, double Rate, TimeSpan Time, int Size);

/// <summary>A load under way. Messages carry the time at which they were due, so that a publisher that falls behind counts as delay.</summary>
internal sealed class LoadRun(LoadPlan plan, TimeProvider time) : IAsyncDisposable
{
    private readonly List<TidingsClient> _publishers = [];
    private readonly List<TidingsClient> _subscribers = [];
    private readonly List<Task> _reading = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly string _padding = new('x', plan.Size);
    private readonly string _run = Guid.NewGuid().ToString("N");
    private long _published;
    private long _failed;
    private long _received;

    public long Published => Interlocked.Read(ref _published);

    public long Failed => Interlocked.Read(ref _failed);

    public long Received => Interlocked.Read(ref _received);

    public long Expected => Published * plan.Subscribers;

    public TimeSpan Elapsed { get; private set; }

    public LatencyTable Latency { get; } = new();

    /// <summary>Connects all clients, one after the other.</summary>
    public async Task ConnectAsync(Func<Task<TidingsClient>> connect, Action<double> progress, CancellationToken cancellationToken)
    {
        for (var i = 0; i < plan.Subscribers + plan.Publishers; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var client = await connect();
            (i < plan.Subscribers ? _subscribers : _publishers).Add(client);
            if (i < plan.Subscribers)
            {
                var subscription = await client.SubscribeAsync(plan.Channel, cancellationToken: cancellationToken);
                _reading.Add(ReadAsync(subscription));
            }

            progress((i + 1.0) / (plan.Subscribers + plan.Publishers));
        }
    }

    public async Task PublishAsync(Action<double> progress, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        await Task.WhenAll(_publishers.Select((client, i) => PublishAsync(client, i, start, progress, cancellationToken)));
        Elapsed = time.GetElapsedTime(start);
    }

    /// <summary>Waits for what is still under way.</summary>
    public async Task SettleAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20), time);
        while (Received < Expected && time.GetElapsedTime(start) < grace && await ticks.WaitForNextTickAsync(cancellationToken))
        {
            // Until all has come.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_reading);
        await Task.WhenAll(_publishers.Concat(_subscribers).Select(static client => client.DisposeAsync().AsTask()));
        _stop.Dispose();
    }

    /// <summary>Each publisher's messages are due at even times; one waits for the acknowledgement of the one before.</summary>
    private async Task PublishAsync(TidingsClient client, int number, long start, Action<double> progress, CancellationToken cancellationToken)
    {
        var interval = TimeSpan.FromSeconds(plan.Publishers / plan.Rate);
        for (var due = interval * number / plan.Publishers; due < plan.Time; due += interval)
        {
            var wait = due - time.GetElapsedTime(start);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, cancellationToken);
            }

            await TryPublishAsync(client, start + (long)(due.TotalSeconds * time.TimestampFrequency), cancellationToken);
            if (number == 0)
            {
                progress(due / plan.Time);
            }
        }
    }

    private async Task TryPublishAsync(TidingsClient client, long due, CancellationToken cancellationToken)
    {
        try
        {
            await client.PublishJsonAsync(plan.Channel, Encoding.ASCII.GetBytes($"[\"{_run}\",{due},\"{_padding}\"]"), cancellationToken: cancellationToken);
            Interlocked.Increment(ref _published);
        }
        catch (TidingsClosedException)
        {
            throw;
        }
        catch (TidingsException)
        {
            Interlocked.Increment(ref _failed);
        }
    }

    private async Task ReadAsync(TidingsSubscription subscription)
    {
        try
        {
            while (true)
            {
                var message = await subscription.ReadAsync(_stop.Token);
                if (DueOf(message) is { } due)
                {
                    Latency.Add(time.GetElapsedTime(due));
                    Interlocked.Increment(ref _received);
                }
            }
        }
        catch (Exception end) when (end is OperationCanceledException or TidingsException)
        {
            // What it has not got is missing in the report.
        }
    }

    /// <summary>When a message was due; null for those of others.</summary>
    private long? DueOf(TidingsMessage message)
    {
        var prefix = Encoding.ASCII.GetBytes($"[\"{_run}\",");
        return message.Data.Span.StartsWith(prefix) && System.Buffers.Text.Utf8Parser.TryParse(message.Data.Span[prefix.Length..], out long due, out _) ? due : null;
    }
}
