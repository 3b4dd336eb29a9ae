using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tidings.Gateway.Rest;

/// <summary>
/// A place in a channel's log as the id of an event: <c>17-1795190400000</c>, the offset and the log's incarnation, in which alone the offset
/// means anything. An offset alone is taken, too.
/// </summary>
/// <param name="Offset">The last offset that was seen.</param>
/// <param name="Epoch">The log's incarnation; 0 where it is not known.</param>
internal readonly record struct StreamPlace(long Offset, long Epoch)
{
    /// <summary>Reads an id.</summary>
    public static bool TryParse(string id, [NotNullWhen(true)] out StreamPlace? place)
    {
        var dash = id.IndexOf('-', StringComparison.Ordinal);
        var isPlace = TryParse(dash < 0 ? id : id.AsSpan(0, dash), out var offset);
        var epoch = 0L;
        place = isPlace && (dash < 0 || TryParse(id.AsSpan(dash + 1), out epoch)) ? new StreamPlace(offset, epoch) : null;
        return place is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Offset}-{Epoch}");

    private static bool TryParse(ReadOnlySpan<char> digits, out long number) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
