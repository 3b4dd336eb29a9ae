namespace Tidings.Grains;

/// <summary>Grain storage.</summary>
public static class TidingsStorage
{
    /// <summary>The storage provider of all grains: memory when standalone, Redis in a cluster.</summary>
    public const string Name = "tidings";
}
