using System.Reflection;

namespace Tidings.Gateway.Tests.Sessions;

/// <summary>A cluster whose only grains are those of the test.</summary>
public class StubCluster : DispatchProxy
{
    private Func<Type, string, object>? _grains;
    private Action _referencing = static () => { };

    /// <param name="grains">A grain by interface and key.</param>
    /// <param name="referencing">What happens while a reference to an observer is made.</param>
    public static IClusterClient Of(Func<Type, string, object> grains, Action? referencing = null)
    {
        var cluster = Create<IClusterClient, StubCluster>();
        var stub = (StubCluster)(object)cluster;
        stub._grains = grains;
        stub._referencing = referencing ?? stub._referencing;
        return cluster;
    }

    /// <summary>A cluster that nobody may ask.</summary>
    public static IClusterClient None { get; } = Of(static (type, key) => throw new InvalidOperationException($"{type.Name} {key} was asked for."));

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod is { Name: "GetGrain", IsGenericMethod: true } && args is [string key, ..]
            ? _grains!(targetMethod.GetGenericArguments()[0], key)
            : targetMethod is { Name: "CreateObjectReference" } && args is [IGrainObserver observer]
            ? Reference(observer)
            : throw new NotSupportedException(targetMethod?.Name);

    private IGrainObserver Reference(IGrainObserver observer)
    {
        _referencing();
        return observer;
    }
}
