namespace Tidings.Conformance.Sites;

/// <summary>Chooses how a server given by its address is judged.</summary>
static class ExternalSites
{
    /// <summary>The address of the server to judge; not set: none.</summary>
    public const string UrlVariable = "TIDINGS_CONFORMANCE_URL";

    /// <summary><c>tidings</c>, <c>faye</c> or <c>generic</c> (the default): whose known deviations count as expected.</summary>
    public const string ProfileVariable = "TIDINGS_CONFORMANCE_PROFILE";

    /// <summary>The server named in the environment; null when none is.</summary>
    public static ExternalSite? FromEnvironment() =>
        Environment.GetEnvironmentVariable(UrlVariable) is { Length: > 0 } url
            ? Create(url, Environment.GetEnvironmentVariable(ProfileVariable))
            : null;

    /// <summary>The server at an address.</summary>
    public static ExternalSite Create(string url, string? profile) => new(new Uri(url), profile switch
    {
        "faye" => FayeDeviations.Known,
        "tidings" or "generic" or null or "" => Deviations.None,
        _ => throw new ArgumentException($"unknown profile {profile}: say tidings, faye or generic", nameof(profile)),
    });
}
