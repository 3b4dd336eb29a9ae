using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Tidings.Grains.Logs;
using Tidings.Grains.Streams;

namespace Tidings.Grains.Administration;

/// <inheritdoc cref="IClusterGrain"/>
[StatelessWorker, Reentrant]
internal sealed partial class ClusterGrain(
    ISiloStatusOracle oracle, SiloInspectorClient inspectors, ChannelSearch channels, IMessageLog log, TimeProvider time, ILogger<ClusterGrain> logger)
    : Grain, IClusterGrain
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<ClusterState> State()
    {
        var store = log.IsHealthyAsync();
        var silos = oracle.GetApproximateSiloStatuses(onlyActive: false).OrderBy(static silo => silo.Key).ToArray();
        return new ClusterState(await Task.WhenAll(silos.Select(silo => ViewAsync(silo.Key, silo.Value))), log.IsShared, await store);
    }

    public async Task<TenantLoad> Tenant(string tenant)
    {
        var (answers, _) = await AskAllAsync(silo => silo.Tenant(tenant));
        return new TenantLoad(answers.Sum(static load => load.Sessions), answers.Sum(static load => load.PublishesPerSecond ?? 0));
    }

    public async Task<SessionPage> Sessions(SessionQuery query)
    {
        var (answers, isIncomplete) = await AskAllAsync(silo => silo.Sessions(query));
        // One that moves this moment may be told of by both.
        var first = answers.SelectMany(static sessions => sessions).DistinctBy(static session => session.Id)
            .OrderBy(static session => session.Id, StringComparer.Ordinal).Take(query.Limit);
        return new SessionPage([.. first], isIncomplete);
    }

    public async Task<SessionDetail?> Session(string? tenant, string sessionId) =>
        (await AskAllAsync(silo => silo.Session(tenant, sessionId))).Answers.FirstOrDefault(static found => found is not null);

    public async Task<ChannelPage> Channels(ChannelQuery query)
    {
        var (subscribed, isIncomplete) = await AskAllAsync(silo => silo.Names(query));
        var (logged, isCut) = await channels.NamesAsync(query);
        string[] names = [.. subscribed.SelectMany(static found => found).Concat(logged).Distinct().Order(StringComparer.Ordinal).Take(query.Limit)];
        return new ChannelPage(await ViewsAsync(query.Tenant, names), isIncomplete || isCut);
    }

    public async Task<ChannelDetail?> Channel(ChannelId channel)
    {
        string[] wanted = [channel.Name, .. ChannelName.PatternsOf(channel.Name)];
        var asked = Active().ToDictionary(static silo => SiloStream.NameOf(silo), silo => TryAsync(silo, inspector => inspector.Subscribers(channel.Tenant, wanted)));
        await Task.WhenAll(asked.Values);
        var counts = asked.Where(static pair => pair.Value.Result is not null).ToDictionary(static pair => pair.Key, static pair => pair.Value.Result!);
        var view = await channels.ViewAsync(channel, counts.Values.Sum(static count => count.Sum(static one => (long)one)));
        return view.Head.Epoch == 0 && counts.Values.All(static count => count[0] == 0)
            ? null
            : new ChannelDetail(
                view,
                [.. counts.Where(static pair => pair.Value.Any(static count => count > 0)).Select(static pair => pair.Key)],
                [.. wanted.Where((_, index) => index > 0 && counts.Values.Any(count => count[index] > 0))]);
    }

    private async Task<ChannelView[]> ViewsAsync(string tenant, string[] names)
    {
        if (names.Length == 0)
        {
            return [];
        }

        var wanted = names.SelectMany(static name => ChannelName.PatternsOf(name).Prepend(name)).Distinct().ToArray();
        var (counts, _) = await AskAllAsync(silo => silo.Subscribers(tenant, wanted));
        var users = wanted.Select((name, index) => (name, Users: counts.Sum(count => (long)count[index]))).ToDictionary(static pair => pair.name, static pair => pair.Users);
        return await channels.ViewsAsync(tenant, names, name => ChannelName.PatternsOf(name).Prepend(name).Sum(pattern => users[pattern]));
    }

    private async Task<SiloView> ViewAsync(SiloAddress silo, SiloStatus status) => new()
    {
        Id = SiloStream.NameOf(silo),
        Name = oracle.TryGetSiloName(silo, out var name) ? name : silo.Endpoint.ToString(),
        Address = silo.Endpoint.ToString(),
        Status = NameOf(status),
        Load = status == SiloStatus.Active ? await TryAsync(silo, static inspector => inspector.Describe()) : null,
    };

    private SiloAddress[] Active() => [.. oracle.GetApproximateSiloStatuses(onlyActive: true).Keys];

    private async Task<(T[] Answers, bool IsIncomplete)> AskAllAsync<T>(Func<ISiloInspector, Task<T>> ask)
    {
        var answers = await Task.WhenAll(Active().Select(silo => TryAsync(silo, async inspector => new Answer<T>(await ask(inspector)))));
        return ([.. answers.OfType<Answer<T>>().Select(static answer => answer.Value)], answers.Any(static answer => answer is null));
    }

    /// <summary>What a silo answers; null if it does not in time.</summary>
    private async Task<T?> TryAsync<T>(SiloAddress silo, Func<ISiloInspector, Task<T>> ask)
        where T : class
    {
        try
        {
            return await ask(inspectors.Of(silo)).WaitAsync(Patience, time);
        }
        catch (Exception exception)
        {
            Log.NotAnswered(logger, silo.ToString(), exception.Message);
            return null;
        }
    }

    private static string NameOf(SiloStatus status) => status switch
    {
        SiloStatus.Active => "active",
        SiloStatus.ShuttingDown or SiloStatus.Stopping => "shuttingDown",
        SiloStatus.Dead => "dead",
        _ => "joining",
    };

    private sealed record Answer<T>(T Value);

    private static partial class Log
    {
        [LoggerMessage(1811, LogLevel.Warning, "Silo {Silo} did not answer its administrators: {Reason}")]
        public static partial void NotAnswered(ILogger logger, string silo, string reason);
    }
}
