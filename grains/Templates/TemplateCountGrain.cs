using Microsoft.Extensions.Options;

namespace Tidings.Grains.Templates;

/// <inheritdoc cref="ITemplateCountGrain"/>
/// <remarks>A silo that dies between counting and storing a set leaves it counted: the bound is then met one set early.</remarks>
internal sealed class TemplateCountGrain(
    [PersistentState("template-count", TidingsStorage.Name)] IPersistentState<TemplateCount> state, IOptions<TidingsLimits> limits)
    : Grain, ITemplateCountGrain
{
    public async Task<bool> Add()
    {
        if (state.State.Sets >= limits.Value.TemplateSetsPerTenant)
        {
            return false;
        }

        state.State.Sets++;
        await this.StoreAsync(state);
        return true;
    }

    public async Task Remove()
    {
        state.State.Sets = Math.Max(0, state.State.Sets - 1);
        await this.StoreAsync(state);
    }
}

/// <summary>How many sets a tenant has.</summary>
[GenerateSerializer, Alias("tidings.TemplateCount")]
internal sealed class TemplateCount
{
    [Id(0)]
    public int Sets { get; set; }
}
