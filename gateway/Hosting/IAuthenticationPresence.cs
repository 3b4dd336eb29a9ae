namespace Tidings.Gateway.Hosting;

/// <summary>Whether callers can prove who they are at all; a server that nobody can log in to is not opened to a network.</summary>
internal interface IAuthenticationPresence
{
    /// <summary>Whether a user, an issuer of tokens or a store of users is configured.</summary>
    bool IsConfigured { get; }

    /// <summary>The same before the server starts: looks into the store of users where the configuration has none.</summary>
    ValueTask<bool> LookAsync();
}
