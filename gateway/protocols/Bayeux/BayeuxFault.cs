namespace Tidings.Protocols.Bayeux;

/// <summary>What is wrong with the shape of one message; the rest of its batch is not concerned.</summary>
public enum BayeuxFault
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>A member of the envelope occurs twice; readers disagree on which one counts, so neither does.</summary>
    DuplicateMember,

    /// <summary><c>channel</c> is not a string, is longer than the limit, or holds half a surrogate pair.</summary>
    ChannelInvalid,

    /// <summary><c>clientId</c> is not a string, is longer than the limit, or holds half a surrogate pair.</summary>
    ClientIdInvalid,

    /// <summary><c>id</c> is neither a string nor a number.</summary>
    IdInvalid,

    /// <summary><c>id</c> takes more bytes than the limit.</summary>
    IdTooLong,

    /// <summary><c>version</c> is not a short string.</summary>
    VersionInvalid,

    /// <summary><c>minimumVersion</c> is not a short string.</summary>
    MinimumVersionInvalid,

    /// <summary><c>connectionType</c> is not a short string.</summary>
    ConnectionTypeInvalid,

    /// <summary><c>supportedConnectionTypes</c> is not an array of a few short strings.</summary>
    SupportedConnectionTypesInvalid,

    /// <summary><c>subscription</c> is neither a channel nor an array of channels.</summary>
    SubscriptionInvalid,

    /// <summary><c>subscription</c> names more channels than the limit.</summary>
    TooManySubscriptions,

    /// <summary><c>advice</c> is not an object, or one of its members has the wrong type.</summary>
    AdviceInvalid,

    /// <summary><c>ext</c> is not an object.</summary>
    ExtInvalid,

    /// <summary><c>ext</c> takes more bytes than the limit.</summary>
    ExtTooLarge,

    /// <summary>The members that Bayeux does not know take more bytes than the limit.</summary>
    ExtrasTooLarge,
}
