using Tidings.Conformance.Catalog;

namespace Tidings.Conformance.Sites;

/// <summary>The cases a server is known not to meet, with the reason.</summary>
sealed class Deviations
{
    readonly List<(string Number, On On, string Reason)> _known = [];

    public static Deviations None { get; } = new();

    /// <summary>The numbers of the cases recorded.</summary>
    public IEnumerable<string> Numbers => _known.Select(known => known.Number);

    /// <summary>Records that the server does not meet a case.</summary>
    public Deviations With(string number, string reason, On on = On.All)
    {
        _known.Add((number, on, reason));
        return this;
    }

    /// <summary>Why the server is expected not to meet the case; null when it is expected to.</summary>
    public string? Reason(Case item) => _known
        .Find(known => known.Number == item.Number && known.On.HasFlag((On)(1 << (int)item.Transport)))
        .Reason;
}
