using System.Reflection;

namespace Tidings.Gateway.Tests.Sessions;

/// <summary>A cluster whose only grains are those of the test.</summary>
public class StubCluster : DispatchProxy
{
    private Func<Type, string, object>? _grains;

    /// <param name="grains">A grain by interface and key.</param>
    public static IClusterClient Of(Func<Type, string, object> grains)
    {
        var cluster = Create<IClusterClient, StubCluster>();
        ((StubCluster)(object)cluster)._grains = grains;
        return cluster;
    }

    /// <summary>A cluster that nobody may ask.</summary>
    public static IClusterClient None { get; } = Of(static (type, key) => throw new InvalidOperationException($"{type.Name} {key} was asked for."));

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod is { Name: "GetGrain", IsGenericMethod: true } && args is [string key, ..]
            ? _grains!(targetMethod.GetGenericArguments()[0], key)
            : throw new NotSupportedException(targetMethod?.Name);
}
