using Tidings.Protocols.Json;

namespace Tidings.Protocols.Smc;

/// <summary>The body of <c>POST /{version}/login</c>.</summary>
/// <param name="Key">The API key.</param>
/// <param name="Domain">The administrative domain.</param>
public sealed record SmcLogin(string Key, string Domain)
{
    /// <summary>The domain of clients that name none.</summary>
    public const string SharedDomain = "Shared Domain";

    /// <summary>Reads <c>{"domain":"Shared Domain","authenticationkey":"KEY"}</c>; null if that is not what it is.</summary>
    public static SmcLogin? Read(ReadOnlyMemory<byte> body)
    {
        using var document = JsonInput.Parse(body);
        if (document is null || !document.RootElement.TryGetText("authenticationkey"u8, out var key) || key.Length == 0)
        {
            return null;
        }

        return document.RootElement.TryGetText("domain"u8, out var domain) && domain.Length > 0
            ? new SmcLogin(key, domain)
            : new SmcLogin(key, SharedDomain);
    }

    /// <summary>Never with its key: records end up in logs.</summary>
    public override string ToString() => $"{nameof(SmcLogin)} {{ Domain = {Domain} }}";
}
