using Tidings.Conformance.Catalog;

namespace Tidings.Conformance.Sites;

/// <summary>Where Faye 1.4 differs from the cases, and why.</summary>
static class FayeDeviations
{
    public static Deviations Known { get; } = new Deviations()
        .With("7", "executes every message of a request, a handshake's neighbours too")
        .With("11", "holds the first connect like any other")
        .With("15", "takes the client's timeout as it is")
        .With("18", "holds a connect that is not alone")
        .With("19", "says 401 for an unknown session")
        .With("20", "leaves the first connect unanswered")
        .With("20a", "answers the second connect when the time of the first is over")
        .With("29", "subscribes channel by channel until one is bad")
        .With("33", "forbids subscribing to service channels")
        .With("35", "escapes the line separators but no markup in scripts", On.CallbackPolling)
        .With("43", "leaves the publisher's id in the delivery")
        .With("46a", "reads every body as UTF-8")
        .With("47", "takes a body without a content type for a form")
        .With("50", "does not check who publishes")
        .With("51", "does not check who publishes")
        .With("61", "advises to retry even to a session that is over; on a socket it closes without answering the connect")
        .With("62", "says 401 for an unknown session")
        .With("64", "counts connects only as signs of life")
        .With("66", "has one lifetime for all sessions")
        .With("74b", "takes null for an empty array")
        .With("76b", "has no limit for the function's name")
        .With("78a", "grants every origin")
        .With("80a", "answers an empty array with an empty array")
        .With("80b", "says 400 for every request it does not know")
        .With("92", "has no acknowledgement extension")
        .With("92a", "has no acknowledgement extension")
        .With("92b", "has no acknowledgement extension")
        .With("94", "has no acknowledgement extension")
        .With("95", "has no replay extension")
        .With("95a", "has no replay extension")
        .With("95b", "has no replay extension")
        .With("95c", "has no replay extension")
        .With("95d", "has no replay extension")
        .With("95e", "has no replay extension")
        .With("96", "has no time extension")
        .With("96a", "has no time extension");
}
