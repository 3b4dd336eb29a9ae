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
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> json)
    {
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
        return action.IsMissing || data.IsMissing ? json : json.Slice(data.Start, data.Length);
    }
}
