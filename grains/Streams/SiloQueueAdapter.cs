using Microsoft.Extensions.DependencyInjection;
using Orleans.Providers.Streams.Common;
using Orleans.Streams;

namespace Tidings.Grains.Streams;

/// <summary>
/// The stream provider behind "an Orleans stream per silo": every silo owns exactly the queue of its own stream, and
/// producers send straight to the owner. Nothing is ever rebalanced, because a queue belongs to its silo and dies with it.
/// </summary>
internal sealed class SiloQueueAdapter(string name, string localSilo, SiloQueue localQueue, SiloServiceClient silos)
    : IQueueAdapter, IQueueAdapterFactory, IStreamQueueMapper, IStreamQueueBalancer
{
    private const int CachedBatches = 4096;
    private static readonly QueueId LocalQueueId = QueueId.GetQueueId(SiloStream.Provider, 0, 0);
    private readonly SimpleQueueAdapterCacheFactory _caches = new(CachedBatches);

    public string Name => name;

    public bool IsRewindable => false;

    public StreamProviderDirection Direction => StreamProviderDirection.ReadWrite;

    public static SiloQueueAdapter Create(IServiceProvider services, string name) => new(
        name,
        SiloStream.NameOf(services.GetRequiredService<ILocalSiloDetails>().SiloAddress),
        services.GetRequiredService<SiloQueue>(),
        services.GetRequiredService<SiloServiceClient>());

    public async Task QueueMessageBatchAsync<T>(
        StreamId streamId, IEnumerable<T> events, StreamSequenceToken token, Dictionary<string, object> requestContext)
    {
        var silo = SiloStream.SiloOf(streamId);
        foreach (var fanoutEvent in events.OfType<FanoutEvent>())
        {
            var taken = silo == localSilo ? localQueue.TryEnqueue(fanoutEvent) : await silos.Of(silo).Enqueue(fanoutEvent);
            if (!taken)
            {
                throw new SiloQueueFullException(silo);
            }
        }
    }

    public IQueueAdapterReceiver CreateReceiver(QueueId queueId) => localQueue;

    Task<IQueueAdapter> IQueueAdapterFactory.CreateAdapter() => Task.FromResult<IQueueAdapter>(this);

    IQueueAdapterCache IQueueAdapterFactory.GetQueueAdapterCache() => _caches;

    IStreamQueueMapper IQueueAdapterFactory.GetStreamQueueMapper() => this;

    Task<IStreamFailureHandler> IQueueAdapterFactory.GetDeliveryFailureHandler(QueueId queueId) =>
        Task.FromResult<IStreamFailureHandler>(new NoOpStreamDeliveryFailureHandler());

    IEnumerable<QueueId> IStreamQueueMapper.GetAllQueues() => [LocalQueueId];

    QueueId IStreamQueueMapper.GetQueueForStream(StreamId streamId) => LocalQueueId;

    Task IStreamQueueBalancer.Initialize(IStreamQueueMapper queueMapper) => Task.CompletedTask;

    Task IStreamQueueBalancer.Shutdown() => Task.CompletedTask;

    IEnumerable<QueueId> IStreamQueueBalancer.GetMyQueues() => [LocalQueueId];

    bool IStreamQueueBalancer.SubscribeToQueueDistributionChangeEvents(IStreamQueueBalanceListener observer) => true;

    bool IStreamQueueBalancer.UnSubscribeFromQueueDistributionChangeEvents(IStreamQueueBalanceListener observer) => true;

    private sealed class SimpleQueueAdapterCacheFactory(int size) : IQueueAdapterCache
    {
        public IQueueCache CreateQueueCache(QueueId queueId) =>
            new SimpleQueueCache(size, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
    }
}

/// <summary>A silo takes events slower than they come; its fan-out will notice the gap and read the log.</summary>
internal sealed class SiloQueueFullException(string silo) : Exception($"The stream queue of silo {silo} is full.");
