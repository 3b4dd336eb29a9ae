using System.Text.Json;

namespace Tidings.Protocols.SmartRest;

/// <summary>
/// What templates see of a notification: <c>data</c> of a message <c>{"realtimeAction":…,"data":…}</c>, otherwise the whole body.
/// </summary>
public static class RealtimeEntity
{
    private static readonly PathTree Wrapper = new(
        [new JsonPath([new PathStep("realtimeAction", 0)]), new JsonPath([new PathStep("data", 0)])], SmartRestLimits.Default.MaxJsonDepth);

    /// <summary>The entity in a notification's body; the body itself where that is not JSON.</summary>
    /// <param name="json">The body, one JSON value.</param>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> json) => Of(json, out _);

    /// <summary>The entity in a notification of an operation, if that is one of its creation or has no wrapper; null otherwise.</summary>
    /// <param name="json">The body, one JSON value.</param>
    public static ReadOnlyMemory<byte>? OfCreation(ReadOnlyMemory<byte> json)
    {
        var entity = Of(json, out var action);
        return action.IsEmpty || action.Span.SequenceEqual("\"CREATE\""u8) ? entity : (ReadOnlyMemory<byte>?)null; // a bare null would be an empty memory
    }

    private static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> json, out ReadOnlyMemory<byte> realtimeAction)
    {
        realtimeAction = default;
        if (json.Span.IndexOf("realtimeAction"u8) < 0)
            return json;
        Span<JsonSlice> found = stackalloc JsonSlice[Wrapper.Size];
        try
        {
            Wrapper.Walk(json.Span, found);
        }
        catch (JsonException)
        {
            return json;
        }

        var (action, data) = (found[Wrapper.Slots[0]], found[Wrapper.Slots[1]]);
        if (action.IsMissing || data.IsMissing)
            return json;
        realtimeAction = json.Slice(action.Start, action.Length);
        return json.Slice(data.Start, data.Length);
    }
}
