using System.Diagnostics;

namespace Tidings;

/// <summary>
/// Spans that follow single messages from publish to write, on activity source <c>Tidings</c>. A message that is followed carries the context of
/// its publish (<see cref="PublishItem.Trace"/>); all others carry nothing, and cost a comparison with null. Names are those of OpenTelemetry's
/// "Semantic conventions for messaging spans", without the destination, of which there are too many.
/// </summary>
public static class MessageTrace
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "Tidings";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Whether anybody listens to spans.</summary>
    public static bool IsOn => Source.HasListeners();

    /// <summary>Begins the publish of a message that may be followed, as a child of what is under way here.</summary>
    /// <returns>The span; null if the message is not followed. It is never left as the current one, and ended by <see cref="End"/>.</returns>
    public static Activity? Publish(ChannelId channel, PublishItem item)
    {
        var span = Start("send", "send", ActivityKind.Producer, Activity.Current?.Context ?? default, channel, default);
        if (span is { Recorded: false })
        {
            End(span);
            return null;
        }

        return span?.SetTag("messaging.message.body.size", item.Body.Length).SetTag("tidings.session.id", item.Publisher);
    }

    /// <summary>Begins a further step of a message; null if it is not followed.</summary>
    /// <param name="operation">What is done, such as <c>append</c>.</param>
    /// <param name="channel">The message's channel.</param>
    /// <param name="message">The message.</param>
    /// <param name="began">When the step began; the default is now.</param>
    public static Activity? Step(string operation, ChannelId channel, Message message, DateTimeOffset began = default) =>
        message.Item.Trace is { } trace && ActivityContext.TryParse(trace, null, isRemote: true, out var parent)
            ? Start(operation, "process", ActivityKind.Consumer, parent, channel, began)?.SetTag("tidings.message.offset", message.Offset)
            : null;

    /// <summary>Begins a step within a step.</summary>
    /// <param name="operation">What is done.</param>
    /// <param name="parent">The step that it belongs to.</param>
    /// <param name="channel">The message's channel.</param>
    /// <param name="began">When it began.</param>
    public static Activity? Within(string operation, ActivityContext parent, ChannelId channel, DateTimeOffset began) =>
        Start(operation, "process", ActivityKind.Internal, parent, channel, began);

    /// <summary>Ends a span, wherever it was begun.</summary>
    /// <param name="span">The span.</param>
    /// <param name="error">What went wrong, a short word; null if nothing did.</param>
    public static void End(Activity? span, string? error = null)
    {
        if (span is null)
        {
            return;
        }

        if (error is not null)
        {
            span.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error);
        }

        // Ending makes current what was so when it began, which may have been elsewhere.
        var current = Activity.Current;
        span.Stop();
        Activity.Current = current;
    }

    private static Activity? Start(string operation, string type, ActivityKind kind, ActivityContext parent, ChannelId channel, DateTimeOffset began)
    {
        var current = Activity.Current;
        Activity.Current = null;
        var span = Source.StartActivity(operation, kind, parent, startTime: began)
            ?.SetTag("messaging.system", "tidings")
            .SetTag("messaging.operation.name", operation)
            .SetTag("messaging.operation.type", type)
            .SetTag("messaging.destination.name", channel.Name)
            .SetTag("tidings.tenant", channel.Tenant);
        Activity.Current = current;
        return span;
    }
}
