using System.Text;
using System.Text.Json;

namespace Tidings.Gateway.Bayeux.Cumulocity;

/// <summary>
/// <c>"com.cumulocity.authn":{"token":…}</c>, where the token is that of HTTP Basic (RFC 7617), <c>tenant/user:password</c> in Base64, or
/// a bearer token. Without a token the credentials of the request hold, as with its siblings <c>tfa</c> and <c>xsrfToken</c>.
/// </summary>
internal sealed class CumulocityExt : IExtCredentialsReader
{
    private const int LongestBasic = 4096;

    public string Member => "com.cumulocity.authn";

    public ExtCredentials? Read(JsonElement ext) =>
        ext.TryGetProperty(Member, out var said) && said.ValueKind == JsonValueKind.Object
        && said.TryGetProperty("token", out var token) && token.ValueKind == JsonValueKind.String && token.GetString() is { Length: > 0 } text
            ? Basic(text) ?? new ExtCredentials(null, text)
            : null;

    private static ExtCredentials? Basic(string token)
    {
        var bytes = new byte[Math.Min(token.Length, LongestBasic)];
        if (token.Length > LongestBasic || !Convert.TryFromBase64String(token, bytes, out var length))
        {
            return null;
        }

        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : new ExtCredentials(pair[..colon], pair[(colon + 1)..]);
    }
}
