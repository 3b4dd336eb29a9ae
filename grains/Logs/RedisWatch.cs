using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Tidings.Grains.Logs;

/// <summary>Looks once a second whether Redis answers and how quickly, and counts connections to it that were lost, for whoever watches the metrics.</summary>
internal sealed class RedisWatch : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly IConnectionMultiplexer _redis;
    private readonly TimeProvider _time;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _lost;
    private volatile bool _answers;

    public RedisWatch(IConnectionMultiplexer redis, TimeProvider time, IMeterFactory meters)
    {
        (_redis, _time) = (redis, time);
        var meter = meters.Create(SiloMetrics.MeterName);
        meter.CreateObservableGauge<int>("tidings.redis.up", Answers, "{answer}", "Whether Redis answered this silo's last ping: 1 or 0.");
        _duration = meter.CreateHistogram<double>("tidings.redis.ping.duration", "s", "How long Redis took to answer a ping.", null, DurationBuckets.Advice);
        _lost = meter.CreateCounter<long>("tidings.redis.connections.lost", "{connection}", "Connections to Redis that were lost: a restart, a failover, the network.");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _redis.ConnectionFailed += OnLost;
        using var ticks = new PeriodicTimer(Period, _time);
        do
        {
            await LookAsync(stoppingToken);
        }
        while (await ticks.WaitForNextTickAsync(stoppingToken));
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _redis.ConnectionFailed -= OnLost;
        await base.StopAsync(cancellationToken);
    }

    private int Answers() => _answers ? 1 : 0;

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        try
        {
            var took = await _redis.GetDatabase().PingAsync(CommandFlags.DemandMaster).WaitAsync(Patience, _time, stoppingToken);
            _answers = true;
            _duration.Record(took.TotalSeconds);
        }
        catch when (!stoppingToken.IsCancellationRequested)
        {
            // Whatever it was: what only watches must not take the silo along.
            _answers = false;
        }
    }

    private void OnLost(object? sender, ConnectionFailedEventArgs lost) =>
        _lost.Add(1, new KeyValuePair<string, object?>("error.type", lost.FailureType.ToString()));
}
