using System.Reflection;
using Tidings.Silo;

namespace Tidings.Deploy.Tests.Options;

/// <summary>A class that a configuration section is bound to.</summary>
/// <param name="Type">The class.</param>
/// <param name="Section">The section.</param>
internal sealed record OptionClass(Type Type, string Section)
{
    /// <summary>All there are: whatever has a constant named <c>Section</c>.</summary>
    public static IReadOnlyList<OptionClass> All { get; } =
    [
        .. ((Assembly[])[typeof(TidingsLimits).Assembly, typeof(Grains.TidingsGrainsExtensions).Assembly, typeof(TidingsSiloExtensions).Assembly, typeof(TidingsExtensions).Assembly])
            .SelectMany(static assembly => assembly.GetTypes())
            .Select(static type => (type, section: type.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string))
            .Where(static pair => pair.section is not null)
            .Select(static pair => new OptionClass(pair.type, pair.section!))
            .OrderBy(static options => options.Section, StringComparer.Ordinal).ThenBy(static options => options.Type.Name, StringComparer.Ordinal),
    ];

    public IEnumerable<Setting> Settings => Setting.Of(Type, Section);

    /// <summary>Which processes have it.</summary>
    public string Process => Type.Assembly == typeof(TidingsExtensions).Assembly ? "gateways"
        : Type.Namespace == typeof(Silo.ConnectionEvents.ConnectionEventOptions).Namespace ? "silos, and a gateway that stands alone"
        : "silos and gateways";

    /// <summary>Whether all that use it look at it anew each time: none in the sources takes a value for good, or it is registered to follow.</summary>
    public bool IsLive(IReadOnlyList<string> sources) =>
        sources.Any(source => source.Contains($"AddLatest<{Type.Name}>", StringComparison.Ordinal)) ||
        (sources.Any(source => source.Contains($"IOptionsMonitor<{Type.Name}>", StringComparison.Ordinal))
        && !sources.Any(source => source.Contains($"IOptions<{Type.Name}>", StringComparison.Ordinal)));

    /// <summary>Whether some that use it look at it anew, and others took what it was at the start.</summary>
    public bool IsPartlyLive(IReadOnlyList<string> sources) =>
        !IsLive(sources) && sources.Any(source => source.Contains($"AddLatestMonitor<{Type.Name}>", StringComparison.Ordinal));
}
