namespace Tidings.Grains;

/// <summary>How grains store what they keep.</summary>
internal static class StoredState
{
    /// <summary>Stores it. What could not be stored is not remembered either: the grain goes, and its next activation reads what is there.</summary>
    public static async Task StoreAsync<T>(this IGrainBase grain, IPersistentState<T> state)
    {
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            grain.DeactivateOnIdle();
            throw;
        }
    }
}
