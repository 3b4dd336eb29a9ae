using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime.Services;
using Orleans.Services;
using Tidings.Grains.Patterns;

namespace Tidings.Grains.Streams;

/// <summary>What silos say to each other: one instance per silo, addressed by silo.</summary>
[Alias("tidings.ISiloService")]
internal interface ISiloService : IGrainService
{
    /// <summary>Puts an event on this silo's stream. False when its queue is full and the event is dropped.</summary>
    [Alias("Enqueue")]
    Task<bool> Enqueue(FanoutEvent fanoutEvent);

    /// <summary>Brings this silo's copy of a tenant's patterns up to date.</summary>
    [Alias("ChangePattern")]
    Task ChangePattern(PatternChange change);
}

/// <inheritdoc cref="ISiloService"/>
[Reentrant]
internal sealed class SiloService(
    GrainId grainId, Silo silo, ILoggerFactory loggerFactory, SiloQueue queue, PatternIndex patterns)
    : GrainService(grainId, silo, loggerFactory), ISiloService
{
    public Task<bool> Enqueue(FanoutEvent fanoutEvent) => Task.FromResult(queue.TryEnqueue(fanoutEvent));

    public Task ChangePattern(PatternChange change) => patterns.ChangeAsync(change);
}

/// <summary>Reaches the <see cref="ISiloService"/> of a silo by its name.</summary>
internal sealed class SiloServiceClient(IServiceProvider services) : GrainServiceClient<ISiloService>(services)
{
    public ISiloService Of(string silo) => GetGrainService(SiloAddress.FromParsableString(silo));
}
