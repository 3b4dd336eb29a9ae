using System.Buffers;
using System.Globalization;
using System.Text;
using Tidings.Protocols.Personium;

namespace Tidings.Gateway.Personium;

/// <summary>A request to a cell.</summary>
/// <param name="Context">The request.</param>
/// <param name="Cell">The cell, which is a tenant.</param>
/// <param name="IsByHost">Whether the host name says the cell, and not the path.</param>
internal sealed record PersoniumCall(HttpContext Context, string Cell, bool IsByHost)
{
    /// <summary>The route value that says the cell.</summary>
    public const string CellValue = "cell";

    private static readonly SearchValues<char> InChannels =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/!#$()+-.@_~");

    /// <summary>The box in the path.</summary>
    public string Box => (string?)Context.Request.RouteValues["box"] ?? "";

    /// <summary>The path below the box.</summary>
    public string Path => ((string?)Context.Request.RouteValues["path"] ?? "").TrimEnd('/');

    /// <summary>The cell's URL as the caller knows it, with a slash at its end.</summary>
    public string CellUrl => IsByHost
        ? $"{Context.Request.Scheme}://{Context.Request.Host}/"
        : $"{Context.Request.Scheme}://{Context.Request.Host}/{Cell}/";

    /// <summary>The URL of something in the box.</summary>
    public string UrlOf(string path) => path.Length == 0 ? $"{CellUrl}{Box}" : $"{CellUrl}{Box}/{path}";

    /// <summary>The channel of something in the box. What names may hold and channels may not is its code point in braces: <c>caf{E9}</c>.</summary>
    public string ChannelOf(string path) => Spelled(path.Length == 0 ? $"/personium/{Box}" : $"/personium/{Box}/{path}");

    /// <summary>The key of a queue or topic among grains.</summary>
    public string KeyOf(StreamPath stream) => new ChannelId(Cell, ChannelOf(stream.Path)).ToKey();

    /// <summary>Whether every segment of the path can be a name. An encoded slash stays one, and is none that a name may have.</summary>
    public bool HasGoodNames => DavNames.IsName(Box) && !Path.Contains("%2F", StringComparison.OrdinalIgnoreCase) && (Path.Length == 0 || Array.TrueForAll(Path.Split('/'), DavNames.IsName));

    /// <summary>The call of a request whose path or host name says the cell.</summary>
    public static PersoniumCall Of(HttpContext context) => context.Request.RouteValues[CellValue] is string cell
        ? new PersoniumCall(context, cell, IsByHost: false)
        : new PersoniumCall(context, context.Request.Host.Host.Split('.')[0], IsByHost: true);

    private static string Spelled(string path)
    {
        if (!path.AsSpan().ContainsAnyExcept(InChannels))
        {
            return path;
        }

        var spelled = new StringBuilder();
        foreach (var rune in path.EnumerateRunes())
        {
            if (rune.IsBmp && InChannels.Contains((char)rune.Value))
            {
                spelled.Append((char)rune.Value);
            }
            else
            {
                spelled.Append(CultureInfo.InvariantCulture, $"{{{rune.Value:X}}}");
            }
        }

        return spelled.ToString();
    }
}
