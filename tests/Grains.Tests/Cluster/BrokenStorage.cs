using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Tidings.Grains.Cluster;

/// <summary>Grain storage that fails at will.</summary>
internal sealed class BrokenStorage : IGrainStorage
{
    /// <summary>The storage below it.</summary>
    public const string Whole = "whole";

    private IGrainStorage? _whole;

    /// <summary>What the keys of grains end with whose state cannot be written; null: all can be.</summary>
    public volatile string? Refuses;

    public void AddTo(ISiloBuilder silo) => silo.Services.AddKeyedSingleton<IGrainStorage>(
        TidingsStorage.Name,
        (services, _) =>
        {
            _whole = services.GetRequiredKeyedService<IGrainStorage>(Whole);
            return this;
        });

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => _whole!.ReadStateAsync(stateName, grainId, grainState);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Refuses is { } end && grainId.Key.ToString()!.EndsWith(end, StringComparison.Ordinal)
        ? throw new IOException("The storage is away.")
        : _whole!.WriteStateAsync(stateName, grainId, grainState);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => _whole!.ClearStateAsync(stateName, grainId, grainState);
}
