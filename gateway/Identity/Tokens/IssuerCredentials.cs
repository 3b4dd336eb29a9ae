using Microsoft.Extensions.Options;
using Tidings.Gateway.Identity.Accounts;

namespace Tidings.Gateway.Identity.Tokens;

/// <summary>
/// Tokens of other issuers hold until they expire, as long as their issuer is configured: a session that went on elsewhere meanwhile ends
/// where it is not. Roles are those of the token.
/// </summary>
internal sealed class IssuerCredentials(IOptions<IdentityOptions> options) : ICredentialSource
{
    private const string KindOfIssuer = "issuer";

    public string Kind => KindOfIssuer;

    /// <summary>What the token of an issuer, by its configured name, is kept as.</summary>
    public static string Of(string issuer) => $"{KindOfIssuer}:{issuer}";

    public Caller? Refresh(Caller caller, string id, User? user) => options.Value.Issuers.ContainsKey(id) ? caller : null;
}
