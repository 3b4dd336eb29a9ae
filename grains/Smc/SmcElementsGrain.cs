using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Tidings.Grains.Smc;

/// <inheritdoc cref="ISmcElementsGrain"/>
/// <remarks>
/// Not reentrant: changes are stored and published one after the other, so that events come in the order of changes. Events are stored
/// with the change they tell of; after a crash the last ones may be published twice, none is forgotten.
/// </remarks>
internal sealed partial class SmcElementsGrain(
    [PersistentState("smc-elements", TidingsStorage.Name)] IPersistentState<SmcElementsState> state,
    IOptions<TidingsLimits> limits,
    ILogger<SmcElementsGrain> logger) : Grain, ISmcElementsGrain
{
    private static readonly TimeSpan RetryPeriod = TimeSpan.FromSeconds(1);
    private IGrainTimer? _retry;

    public override Task OnActivateAsync(CancellationToken cancellationToken) => PublishAsync();

    public Task<SmcStoredElement[]> List(bool trashed) => Task.FromResult(state.State.Elements.Where(element => element.IsTrashed == trashed).ToArray());

    public Task<SmcStoredElement?> Get(string id) => Task.FromResult(state.State.Elements.Find(element => element.Id == id));

    public async Task<SmcElementResult> Ensure(string name, byte[] body, byte[] happened) =>
        state.State.Elements.Find(element => element.Name == name) is { } known
            ? new SmcElementResult(SmcElementStatus.Done, known)
            : await Create(name, body, happened);

    public async Task<SmcElementResult> Create(string name, byte[] body, byte[] happened)
    {
        if (state.State.Elements.Count >= limits.Value.SmcElementsPerType)
        {
            return new SmcElementResult(SmcElementStatus.TooMany, null);
        }

        if (IsBusy)
        {
            return new SmcElementResult(SmcElementStatus.Busy, null);
        }

        var element = new SmcStoredElement
        {
            Id = (++state.State.LastId).ToString(CultureInfo.InvariantCulture),
            Name = name,
            Body = body,
            Revision = 1,
        };
        state.State.Elements.Add(element);
        await StoreAsync(element.Id, happened);
        return new SmcElementResult(SmcElementStatus.Done, element);
    }

    public async Task<SmcElementResult> Change(SmcElementChange change)
    {
        var place = state.State.Elements.FindIndex(element => element.Id == change.Id);
        if (place < 0 || IsThereAlready(state.State.Elements[place], change.Kind))
        {
            return new SmcElementResult(SmcElementStatus.NotFound, null);
        }

        var element = state.State.Elements[place];
        if (change.IfRevision is { } wanted && wanted != element.Revision)
        {
            return new SmcElementResult(SmcElementStatus.Conflict, element);
        }

        if (IsBusy)
        {
            return new SmcElementResult(SmcElementStatus.Busy, null);
        }

        var changed = Changed(element, change);
        if (change.Kind == SmcChangeKind.Delete)
        {
            state.State.Elements.RemoveAt(place);
        }
        else
        {
            state.State.Elements[place] = changed;
        }

        await StoreAsync(element.Id, change.Happened);
        return new SmcElementResult(SmcElementStatus.Done, changed);
    }

    private bool IsBusy => state.State.Events.Count >= limits.Value.SmcEventsWaiting;

    private static bool IsThereAlready(SmcStoredElement element, SmcChangeKind kind) => kind switch
    {
        SmcChangeKind.Trash => element.IsTrashed,
        SmcChangeKind.Restore => !element.IsTrashed,
        _ => false,
    };

    private static SmcStoredElement Changed(SmcStoredElement element, SmcElementChange change)
    {
        var next = element with { Revision = element.Revision + 1 };
        return change.Kind switch
        {
            SmcChangeKind.Update => next with { Name = change.Name, Body = change.Body },
            SmcChangeKind.Trash => next with { IsTrashed = true },
            SmcChangeKind.Restore => next with { IsTrashed = false },
            _ => next,
        };
    }

    private async Task StoreAsync(string id, byte[] happened)
    {
        state.State.Events.Add(new SmcElementEvent(id, happened));
        await this.StoreAsync(state);
        await PublishAsync();
    }

    /// <summary>Publishes what waits, in order. What a channel does not take now is tried again: the change itself is stored.</summary>
    private async Task PublishAsync()
    {
        var (tenant, type) = Key();
        try
        {
            while (state.State.Events is [var next, ..])
            {
                var channel = new ChannelId(tenant, $"/elements/{type}/{next.Element}");
                var result = await GrainFactory.GetGrain<IChannelGrain>(channel.ToKey()).Publish([new PublishItem { Body = next.Body }]);
                if (result.Status != PublishStatus.Stored)
                {
                    break;
                }

                state.State.Events.RemoveAt(0);
            }
        }
        catch (Exception exception)
        {
            Log.PublishFailed(logger, type, tenant, exception);
        }

        RetryWhile(state.State.Events.Count > 0);
    }

    private void RetryWhile(bool waiting)
    {
        if (!waiting)
        {
            _retry?.Dispose();
            _retry = null;
        }
        else
        {
            _retry ??= this.RegisterGrainTimer(PublishAsync, new GrainTimerCreationOptions(RetryPeriod, RetryPeriod) { KeepAlive = true });
        }
    }

    private (string Tenant, string Type) Key()
    {
        var key = this.GetPrimaryKeyString();
        var slash = key.LastIndexOf('/');
        return (key[..slash], key[(slash + 1)..]);
    }

    private static partial class Log
    {
        [LoggerMessage(1701, LogLevel.Warning, "A change of an element of type {Type} of tenant {Tenant} could not be published yet")]
        public static partial void PublishFailed(ILogger logger, string type, string tenant, Exception exception);
    }
}

/// <summary>What the grain keeps.</summary>
[GenerateSerializer, Alias("tidings.SmcElementsState")]
internal sealed class SmcElementsState
{
    [Id(0)]
    public long LastId { get; set; }

    [Id(1)]
    public List<SmcStoredElement> Elements { get; set; } = [];

    /// <summary>Changes not published yet.</summary>
    [Id(2)]
    public List<SmcElementEvent> Events { get; set; } = [];
}

/// <summary>A change to be published.</summary>
/// <param name="Element">The element's id.</param>
/// <param name="Body">The event's body, JSON.</param>
[GenerateSerializer, Immutable, Alias("tidings.SmcElementEvent")]
internal sealed record SmcElementEvent([property: Id(0)] string Element, [property: Id(1)] byte[] Body);
