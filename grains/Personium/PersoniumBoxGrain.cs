using Microsoft.Extensions.Options;

namespace Tidings.Grains.Personium;

/// <inheritdoc cref="IPersoniumBoxGrain"/>
internal sealed class PersoniumBoxGrain(
    [PersistentState("personium-box", TidingsStorage.Name)] IPersistentState<PersoniumBoxState> state, IOptions<TidingsLimits> limits)
    : Grain, IPersoniumBoxGrain
{
    private static readonly PersoniumCollection Box = new() { Path = "" };

    private Dictionary<string, PersoniumCollection> Collections => state.State.Collections;

    public Task<PersoniumView> Look(string path, bool children) => Task.FromResult(new PersoniumView(
        Find(path),
        [.. WithAncestors(path).Select(Find).OfType<PersoniumCollection>().SelectMany(static collection => collection.Acl)],
        children ? [.. Collections.Values.Where(collection => collection.Path.Length > 0 && ParentOf(collection.Path) == path)] : []));

    public async Task<PersoniumResult> Make(string path, bool isStream)
    {
        if (Find(path) is not null)
        {
            return PersoniumResult.Refused(PersoniumStatus.Exists);
        }

        if (Find(ParentOf(path)) is not { IsStream: false })
        {
            return PersoniumResult.Refused(PersoniumStatus.ParentMissing);
        }

        if (path.Count(static letter => letter == '/') >= limits.Value.PersoniumDepth)
        {
            return PersoniumResult.Refused(PersoniumStatus.TooDeep);
        }

        return Collections.Count < limits.Value.PersoniumCollections
            ? await StoreAsync(new PersoniumCollection { Path = path, IsStream = isStream, Revision = NextRevision(), Queues = [] }, [])
            : PersoniumResult.Refused(PersoniumStatus.TooMany);
    }

    public async Task<PersoniumResult> Patch(string path, PersoniumChange[] changes)
    {
        if (Find(path) is not { } collection)
        {
            return PersoniumResult.Refused(PersoniumStatus.NotFound);
        }

        var properties = collection.Properties.ToDictionary(static property => property.Name, static property => property.Xml, StringComparer.Ordinal);
        var missing = new List<string>();
        foreach (var change in changes)
        {
            if (change.Xml is { } xml)
            {
                properties[change.Name] = xml;
            }
            else if (!properties.Remove(change.Name))
            {
                missing.Add(change.Name);
            }
        }

        var queues = changes.LastOrDefault(static change => change.Queues is not null)?.Queues ?? collection.Queues;
        await ClearAsync(queues, collection.Queues);
        return await StoreAsync(
            collection with
            {
                Properties = [.. properties.Select(static pair => new PersoniumProperty(pair.Key, pair.Value))],
                Revision = NextRevision(),
                Queues = queues,
            },
            [.. missing]);
    }

    /// <summary>Empties queues that were not declared so far. Before they are: from then on somebody may send to them.</summary>
    private Task ClearAsync(string[]? declared, string[]? before) => declared is null || before is null
        ? Task.CompletedTask
        : Task.WhenAll(declared.Except(before, StringComparer.Ordinal).Select(key => GrainFactory.GetGrain<IPersoniumQueueGrain>(key).Clear()));

    public async Task<PersoniumResult> SetAcl(string path, PersoniumAce[] acl) => Find(path) is { } collection
        ? await StoreAsync(collection with { Acl = acl, Revision = NextRevision() }, [])
        : PersoniumResult.Refused(PersoniumStatus.NotFound);

    public async Task<PersoniumResult> Delete(string path)
    {
        if (path.Length == 0 || !Collections.Remove(path))
        {
            return PersoniumResult.Refused(PersoniumStatus.NotFound);
        }

        foreach (var below in Collections.Keys.Where(name => name.StartsWith(path + "/", StringComparison.Ordinal)).ToArray())
        {
            Collections.Remove(below);
        }

        return await WriteAsync(0, []);
    }

    private PersoniumCollection? Find(string path) => Collections.GetValueOrDefault(path) ?? (path.Length == 0 ? Box : null);

    private long NextRevision() => ++state.State.LastRevision;

    private async Task<PersoniumResult> StoreAsync(PersoniumCollection collection, string[] missing)
    {
        if (SizeOf(collection) > limits.Value.PersoniumCollectionBytes || !await IsNotedAsync())
        {
            return PersoniumResult.Refused(PersoniumStatus.TooMany);
        }

        Collections[collection.Path] = collection;
        return await WriteAsync(collection.Revision, missing);
    }

    /// <summary>Whether the tenant may have this box, of which nothing may be stored yet.</summary>
    private async ValueTask<bool> IsNotedAsync()
    {
        var key = this.GetPrimaryKeyString();
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return state.RecordExists || await GrainFactory.GetGrain<IPersoniumBoxesGrain>(key[..slash]).Add(key[(slash + 1)..]);
    }

    private async Task<PersoniumResult> WriteAsync(long revision, string[] missing)
    {
        await this.StoreAsync(state);
        return new PersoniumResult(PersoniumStatus.Done, revision, missing);
    }

    private static int SizeOf(PersoniumCollection collection) =>
        collection.Properties.Sum(static property => property.Name.Length + property.Xml.Length) + collection.Acl.Sum(static entry => 16 + (entry.Role?.Length ?? 0));

    private static string ParentOf(string path) => path.LastIndexOf('/') is >= 0 and var slash ? path[..slash] : "";

    private static IEnumerable<string> WithAncestors(string path)
    {
        for (; path.Length > 0; path = ParentOf(path))
        {
            yield return path;
        }

        yield return "";
    }
}

/// <summary>What is stored of a box.</summary>
[GenerateSerializer, Alias("tidings.PersoniumBoxState")]
internal sealed class PersoniumBoxState
{
    /// <summary>The collections by path.</summary>
    [Id(0)] public Dictionary<string, PersoniumCollection> Collections { get; set; } = new(StringComparer.Ordinal);

    /// <summary>The last revision of any of them: one that is made anew is told from the one before.</summary>
    [Id(1)] public long LastRevision { get; set; } = 1;
}
