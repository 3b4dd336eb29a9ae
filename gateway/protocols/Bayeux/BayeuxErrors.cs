namespace Tidings.Protocols.Bayeux;

/// <summary>
/// The texts of <c>error</c>, in one place. Their grammar is <c>code:args:text</c>, the args separated by commas
/// (Bayeux specification, "error").
/// Clients decide by the code: 402 means handshake again, 403 denied, 405 a bad channel, 400 something is missing.
/// </summary>
public static class BayeuxErrors
{
    /// <summary>The session is not known here, or no longer.</summary>
    public const string SessionUnknown = "402::session_unknown";

    /// <summary>The same in the words of older CometD servers, which some clients were written against.</summary>
    public const string UnknownClient = "402::Unknown client";

    /// <summary>A message has no channel.</summary>
    public const string ChannelMissing = "400::channel_missing";

    /// <summary>A channel is not one that can be used.</summary>
    public const string ChannelInvalid = "405::channel_invalid";

    /// <summary>The id is neither a string nor a number.</summary>
    public const string MessageIdInvalid = "405::message_id_invalid";

    /// <summary>A subscribe or unsubscribe names no channel.</summary>
    public const string SubscriptionMissing = "403::subscription_missing";

    /// <summary>A subscribe or unsubscribe names something that is no channel.</summary>
    public const string SubscriptionInvalid = "403::subscription_invalid";

    /// <summary>The policy refuses the handshake.</summary>
    public const string HandshakeDenied = "403::handshake_denied";

    /// <summary>The same in the words of older CometD servers.</summary>
    public const string OldHandshakeDenied = "403::Handshake denied";

    /// <summary>The policy refuses the subscription.</summary>
    public const string SubscribeDenied = "403:denied_by_security_policy:subscribe_denied";

    /// <summary>The policy refuses the publish.</summary>
    public const string PublishDenied = "403:denied_by_security_policy:publish_denied";

    /// <summary>The policy refuses to make the channel.</summary>
    public const string CreateDenied = "403:denied_by_security_policy:create_denied";

    /// <summary>An extension dropped the message.</summary>
    public const string MessageDeleted = "404::message_deleted";

    /// <summary>A member occurs twice.</summary>
    public const string DuplicateMember = "400::duplicate_member";

    /// <summary>The message, or one of its members, is larger than is allowed.</summary>
    public const string MessageTooLarge = "413::message_too_large";

    /// <summary>The server cannot do it now; later it may.</summary>
    public const string Unavailable = "503::unavailable";

    /// <summary>A publish has no data.</summary>
    public static string DataMissing { get; } = Missing("data");

    /// <summary>A handshake has no version.</summary>
    public static string VersionMissing { get; } = Missing("version");

    /// <summary>A handshake has no connection types.</summary>
    public static string SupportedConnectionTypesMissing { get; } = Missing("supportedConnectionTypes");

    /// <summary>A connect has no connection type.</summary>
    public static string ConnectionTypeMissing { get; } = Missing("connectionType");

    /// <summary>A member that must be there is not.</summary>
    public static string Missing(string member) => $"402:{member}:Missing required parameter";

    /// <summary>A member is there, with a value of the wrong type.</summary>
    public static string Invalid(string member) => $"400:{member}:Invalid parameter";

    /// <summary>None of these connection types is served.</summary>
    public static string ConnectionTypesUnsupported(params IEnumerable<string> types) =>
        $"301:{Args(types)}:Connection types not supported";

    /// <summary>The policy refuses the handshake and says why.</summary>
    public static string HandshakeDeniedBecause(string reason) => $"403:{Arg(reason)}:handshake_denied";

    /// <summary>An authorizer refuses the subscription and says why.</summary>
    public static string SubscribeDeniedBecause(string reason) => $"403:{Arg(reason)}:subscribe_denied";

    /// <summary>An authorizer refuses the publish and says why.</summary>
    public static string PublishDeniedBecause(string reason) => $"403:{Arg(reason)}:publish_denied";

    /// <summary>A limit is reached: its name and its value.</summary>
    public static string LimitReached(string limit, long value) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"429:{Arg(limit)},{value}:limit_reached");

    /// <summary>The error that tells of a fault of shape.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no fault.</exception>
    public static string Of(BayeuxFault fault) => fault switch
    {
        BayeuxFault.DuplicateMember => DuplicateMember,
        BayeuxFault.ChannelInvalid => ChannelInvalid,
        BayeuxFault.ClientIdInvalid => SessionUnknown,
        BayeuxFault.IdInvalid or BayeuxFault.IdTooLong => MessageIdInvalid,
        BayeuxFault.VersionInvalid => Invalid("version"),
        BayeuxFault.MinimumVersionInvalid => Invalid("minimumVersion"),
        BayeuxFault.ConnectionTypeInvalid => Invalid("connectionType"),
        BayeuxFault.SupportedConnectionTypesInvalid => Invalid("supportedConnectionTypes"),
        BayeuxFault.SubscriptionInvalid => SubscriptionInvalid,
        BayeuxFault.AdviceInvalid => Invalid("advice"),
        BayeuxFault.ExtInvalid => Invalid("ext"),
        BayeuxFault.TooManySubscriptions or BayeuxFault.ExtTooLarge or BayeuxFault.ExtrasTooLarge => MessageTooLarge,
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "Not a fault."),
    };

    // What a client sent is shown back to it, short and without the characters that separate the parts.
    private static string Arg(string text) => string.Concat(text.Take(64).Select(c => c is ':' or ',' || char.IsControl(c) ? '_' : c));

    private static string Args(IEnumerable<string> texts) => string.Join(',', texts.Take(8).Select(Arg));

    /// <summary>A place that a log does not hold; the text is Salesforce's, which clients look for (Streaming API, "Replay").</summary>
    public static string ReplayInvalid(long after) =>
        $"400::The replayId {{{after}}} you provided was invalid.  Please provide a valid ID, -2 to replay all events, or -1 to replay only new events.";
}
