using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tidings.Gateway.SmartRest;

/// <summary>What a SmartREST session keeps wherever it goes.</summary>
/// <param name="XIds">For each subscription the X-Ids named beside the request's own.</param>
internal sealed record SmartNotes(Dictionary<string, IReadOnlyList<string>> XIds)
{
    /// <summary>Nothing beside the requests' own X-Ids.</summary>
    public static SmartNotes None { get; } = new([]);

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, SmartNotesJson.Default.SmartNotes);

    public static SmartNotes Of(SessionDescription description) =>
        description.Notes is { } notes ? JsonSerializer.Deserialize(notes, SmartNotesJson.Default.SmartNotes)! : None;

    /// <summary>With the X-Ids of a subscription replaced.</summary>
    public SmartNotes With(string subscription, IReadOnlyList<string> xids)
    {
        var all = new Dictionary<string, IReadOnlyList<string>>(XIds, StringComparer.Ordinal);
        if (xids.Count > 0)
        {
            all[subscription] = xids;
        }
        else
        {
            all.Remove(subscription);
        }

        return this with { XIds = all };
    }

    /// <summary>The X-Ids for a channel: the request's own first, each once.</summary>
    public IEnumerable<string> For(string channel, string own) =>
        XIds.Where(entry => ChannelName.Matches(entry.Key, channel)).SelectMany(static entry => entry.Value).Prepend(own).Distinct();
}

[JsonSerializable(typeof(SmartNotes))]
internal sealed partial class SmartNotesJson : JsonSerializerContext;
