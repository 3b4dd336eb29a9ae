using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tidings.Grains.Templates;

/// <inheritdoc cref="ITemplateGrain"/>
/// <remarks>
/// A number and the X-Id it stands for ask each other, so questions interleave with a creation under way.
/// </remarks>
internal sealed class TemplateGrain([PersistentState("templates", TidingsStorage.Name)] IPersistentState<TemplateState> state) : Grain, ITemplateGrain
{
    private const long LargestNumber = 999_999_999_999_999;
    private const int Attempts = 8;

    public Task<TemplateRecord?> Find(long known)
    {
        if (state.State.StandsFor is { } xid)
        {
            return GrainOf(xid).Find(known);
        }

        return Task.FromResult(state.State.Source is { } source
            ? new TemplateRecord(state.State.Number, state.State.Version, state.State.Version == known ? null : source)
            : null);
    }

    public async Task<TemplateCreation> Create(byte[] source)
    {
        if (state.State.StandsFor is { } xid)
        {
            return await GrainOf(xid).Create(source);
        }

        if (state.State.Source is not null)
        {
            return new TemplateCreation(TemplateCreationStatus.Exists);
        }

        if (!await Count.Add())
        {
            return new TemplateCreation(TemplateCreationStatus.TooMany);
        }

        try
        {
            if (await StoreAsync(source) is { } record)
            {
                return new TemplateCreation(TemplateCreationStatus.Created, record);
            }
        }
        catch
        {
            await Count.Remove();
            throw;
        }

        await Count.Remove();
        return new TemplateCreation(TemplateCreationStatus.Exists);
    }

    public async Task<bool> Delete()
    {
        if (state.State.StandsFor is { } xid)
        {
            return await GrainOf(xid).Delete();
        }

        if (state.State.Source is null)
        {
            return false;
        }

        state.State.Source = null;
        await this.StoreAsync(state);
        await Count.Remove();
        return true;
    }

    public async Task<bool> Claim(string xid)
    {
        if (state.State.StandsFor == xid)
        {
            return true; // claimed before, by a creation that did not come to its end
        }

        if (state.State.StandsFor is not null || state.State.Version > 0)
        {
            return false;
        }

        state.State.StandsFor = xid;
        await this.StoreAsync(state);
        return true;
    }

    private ITemplateCountGrain Count => GrainFactory.GetGrain<ITemplateCountGrain>(TemplateId.FromKey(this.GetPrimaryKeyString()).Tenant);

    private async Task<TemplateRecord?> StoreAsync(byte[] source)
    {
        var number = state.State.Number > 0 ? state.State.Number : await ClaimNumberAsync();
        if (state.State.StandsFor is not null)
        {
            return null;
        }

        state.State.Number = number;
        state.State.Version++;
        state.State.Source = source;
        await this.StoreAsync(state);
        return new TemplateRecord(number, state.State.Version, null);
    }

    private async Task<long> ClaimNumberAsync()
    {
        var (_, xid) = TemplateId.FromKey(this.GetPrimaryKeyString());
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var number = NumberOf(this.GetPrimaryKeyString(), attempt);
            var name = number.ToString(CultureInfo.InvariantCulture);
            if (name != xid && await GrainOf(name).Claim(xid))
            {
                return number;
            }
        }

        throw new InvalidOperationException("No number is free for this X-Id.");
    }

    // Derived, not counted: no grain that all creations would have to ask.
    private static long NumberOf(string key, int attempt)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{attempt}/{key}"));
        return 1 + (long)(BinaryPrimitives.ReadUInt64LittleEndian(hash) % LargestNumber);
    }

    private ITemplateGrain GrainOf(string xid) =>
        GrainFactory.GetGrain<ITemplateGrain>(TemplateId.ToKey(TemplateId.FromKey(this.GetPrimaryKeyString()).Tenant, xid));
}

/// <summary>What is kept of an X-Id.</summary>
[GenerateSerializer, Alias("tidings.TemplateState")]
internal sealed class TemplateState
{
    [Id(0)]
    public byte[]? Source { get; set; }

    [Id(1)]
    public long Version { get; set; }

    [Id(2)]
    public long Number { get; set; }

    [Id(3)]
    public string? StandsFor { get; set; }
}
