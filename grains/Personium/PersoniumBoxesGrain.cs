using Microsoft.Extensions.Options;

namespace Tidings.Grains.Personium;

/// <inheritdoc cref="IPersoniumBoxesGrain"/>
/// <remarks>Names are kept rather than counted, so that a box whose first change failed after it was noted is not counted twice.</remarks>
internal sealed class PersoniumBoxesGrain(
    [PersistentState("personium-boxes", TidingsStorage.Name)] IPersistentState<PersoniumBoxes> state, IOptions<TidingsLimits> limits)
    : Grain, IPersoniumBoxesGrain
{
    public async Task<bool> Add(string box)
    {
        if (state.State.Names.Contains(box))
        {
            return true;
        }

        if (state.State.Names.Count >= limits.Value.PersoniumBoxes)
        {
            return false;
        }

        state.State.Names.Add(box);
        await this.StoreAsync(state);
        return true;
    }
}

/// <summary>A tenant's boxes.</summary>
[GenerateSerializer, Alias("tidings.PersoniumBoxes")]
internal sealed class PersoniumBoxes
{
    [Id(0)]
    public HashSet<string> Names { get; set; } = new(StringComparer.Ordinal);
}
