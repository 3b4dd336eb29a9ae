using System.Text.Json;
using Tidings.Protocols.Json;

namespace Tidings.Protocols.Smc;

/// <summary>
/// Reads what clients send on the notification socket (SMC API guide, "Use WebSockets to listen to status notifications"):
/// <code>
/// {"context":"*"}  {"context":""}      all elements
/// {"context":"host, router"}           RelNames, separated by a comma and optional blanks
/// {"unsubscribe":0}                    the end of a subscription
/// </code>
/// </summary>
public static class SmcRequestReader
{
    private const string All = "*";

    /// <summary>Reads a frame. Never throws: what cannot be read comes back as <see cref="SmcRequestKind.Invalid"/>.</summary>
    public static SmcRequest Read(ReadOnlyMemory<byte> frame, SmcReaderLimits limits)
    {
        using var document = JsonInput.Parse(frame);
        if (document is null)
        {
            return SmcRequest.Invalid(SmcFailures.InvalidJson);
        }

        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            return SmcRequest.Invalid(SmcFailures.UnsupportedRequest);
        }

        return (document.RootElement.TryGetProperty("context"u8, out var context),
            document.RootElement.TryGetProperty("unsubscribe"u8, out var id)) switch
        {
            (true, false) => ReadContext(context, limits),
            (false, true) => ReadUnsubscribe(id),
            _ => SmcRequest.Invalid(SmcFailures.UnsupportedRequest),
        };
    }

    private static SmcRequest ReadContext(JsonElement value, SmcReaderLimits limits)
    {
        if (!value.TryGetText(out var context))
        {
            return SmcRequest.Invalid(SmcFailures.UnsupportedRequest);
        }

        if (context.AsSpan().Trim() is "" or All)
        {
            return new SmcRequest { Kind = SmcRequestKind.Subscribe, Context = context };
        }

        if (context.AsSpan().Count(',') >= limits.MaxNames)
        {
            return SmcRequest.Invalid(SmcFailures.ContextTooLong);
        }

        var names = context.Split(',', StringSplitOptions.TrimEntries);
        return Array.Find(names, static name => !SmcNames.IsName(name)) is { } unknown
            ? SmcRequest.Invalid(SmcFailures.UnknownContext(unknown))
            : new SmcRequest { Kind = SmcRequestKind.Subscribe, Context = context, Names = [.. names.Distinct(StringComparer.Ordinal)] };
    }

    private static SmcRequest ReadUnsubscribe(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number)
        {
            return SmcRequest.Invalid(SmcFailures.UnsupportedRequest);
        }

        return value.TryGetInt32(out var id)
            ? new SmcRequest { Kind = SmcRequestKind.Unsubscribe, SubscriptionId = id }
            : SmcRequest.Invalid(SmcFailures.UnknownSubscription(value.GetRawText()));
    }
}
