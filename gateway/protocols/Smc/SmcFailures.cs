namespace Tidings.Protocols.Smc;

/// <summary>The texts of <c>{"failure":…}</c> on the notification socket. SMC publishes no list; clients show them to people.</summary>
public static class SmcFailures
{
    private const int MaxQuoted = 64;

    /// <summary>The frame is not JSON (RFC 8259) in UTF-8, or names a member twice.</summary>
    public const string InvalidJson = "Invalid JSON";

    /// <summary>The frame is no request of this socket.</summary>
    public const string UnsupportedRequest = "Unsupported request";

    /// <summary>The context names more types than the limit.</summary>
    public const string ContextTooLong = "Context too long";

    /// <summary>The socket has as many subscriptions as it may.</summary>
    public const string TooManySubscriptions = "Too many subscriptions";

    /// <summary>The server cannot subscribe now; the client may ask again.</summary>
    public const string Unavailable = "Temporarily unavailable";

    /// <summary>The policy refuses it.</summary>
    public static string Denied(string context) => $"Not permitted: {Quoted(context)}";

    /// <summary>No entry point has this RelName.</summary>
    public static string UnknownContext(string name) => $"Unknown context: {Quoted(name)}";

    /// <summary>The socket has no such subscription, or no longer.</summary>
    public static string UnknownSubscription(string id) => $"Unknown subscription: {Quoted(id)}";

    private static string Quoted(string text) => text.Length <= MaxQuoted ? text : string.Concat(text.AsSpan(0, MaxQuoted), "…");
}
