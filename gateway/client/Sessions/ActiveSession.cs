namespace Tidings.Client.Sessions;

/// <summary>A session and the link that it has at the moment.</summary>
internal sealed record ActiveSession(Link Link, string ClientId);
