using Tidings.Gateway.Identity.Accounts;

namespace Tidings.Gateway.Identity;

/// <summary>
/// Credentials that the user store does not know: somebody else vouches for their holders, who need not be users here. Sessions and
/// log-ins that began with them are looked up again like all others.
/// </summary>
internal interface ICredentialSource
{
    /// <summary>Its kind of credential, before the colon of <see cref="Caller.Credential"/>.</summary>
    string Kind { get; }

    /// <summary>A caller as of now; null when the credential no longer holds.</summary>
    /// <param name="caller">As it was known.</param>
    /// <param name="id">What comes after the colon.</param>
    /// <param name="user">The user of that name; null if there is none.</param>
    Caller? Refresh(Caller caller, string id, User? user);
}
