using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;

namespace Tidings.Conformance.Wire;

/// <summary>
/// What came back for one request: an HTTP response, or the WebSocket replies to the request's messages.
/// A response that is no JSON array of objects has no messages.
/// </summary>
sealed record Exchange
{
    /// <summary>The HTTP status; null on a WebSocket.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>Why the socket closed before every message was answered; null when it did not.</summary>
    public WebSocketCloseStatus? Closed { get; init; }

    /// <summary>The content type as sent, with its parameters.</summary>
    public string ContentType { get; init; } = "";

    /// <summary>The cookies the response sets, as sent.</summary>
    public IReadOnlyList<string> SetCookies { get; init; } = [];

    /// <summary>The raw response, or the frames that carried the replies.</summary>
    public string Body { get; init; } = "";

    /// <summary>Replies and, over HTTP, deliveries, in wire order.</summary>
    public IReadOnlyList<JsonObject> Messages { get; init; } = [];

    /// <summary>The replies among the messages.</summary>
    public IEnumerable<JsonObject> Replies => Messages.Where(Inbox.IsReply);

    /// <summary>The deliveries among the messages.</summary>
    public IEnumerable<JsonObject> Deliveries => Messages.Where(message => !Inbox.IsReply(message));

    /// <summary>The request as a whole was refused: a status of 400 or more, or a closed socket.</summary>
    public bool Refused => Status >= HttpStatusCode.BadRequest || Closed is not null;

    /// <summary>The reply with the id of a request's message; fails when there is none.</summary>
    public JsonObject ReplyTo(JsonObject request) =>
        Replies.FirstOrDefault(reply => JsonNode.DeepEquals(reply["id"], request["id"]))
        ?? throw new ConformanceException($"no reply to {request.ToJsonString()} in {this}");

    public override string ToString() => $"{Status?.ToString("D") ?? Closed?.ToString() ?? "frames"} {Body}";
}
