using System.Reflection;
using Tidings.Conformance.Client;
using Tidings.Conformance.Wire;

namespace Tidings.Conformance.Catalog;

/// <summary>A case on one transport.</summary>
sealed record Case(CaseAttribute Demand, Transport Transport, MethodInfo Method)
{
    /// <summary>The number with its part, as "76b".</summary>
    public string Number => $"{Demand.Number}{Demand.Part}";

    /// <summary>Names the case and the transport, as "76b callback-polling".</summary>
    public string Name => $"{Number} {Transport.Name()}";

    /// <summary>Runs the case; it throws when the server does not meet it.</summary>
    public Task RunAsync(CaseContext context) => (Task)Method.Invoke(null, [context])!;
}

/// <summary>All cases of this assembly, by number.</summary>
static class CaseCatalog
{
    public static IReadOnlyList<Case> All { get; } = [.. Find()];

    static IEnumerable<Case> Find() =>
        from type in typeof(CaseCatalog).Assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
        let demand = method.GetCustomAttribute<CaseAttribute>()
        where demand is not null
        from transport in Enum.GetValues<Transport>()
        where demand.On.HasFlag((On)(1 << (int)transport))
        orderby demand.Number, demand.Part, transport
        select new Case(demand, transport, method);
}
