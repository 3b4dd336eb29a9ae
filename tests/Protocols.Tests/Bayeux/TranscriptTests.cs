using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tidings.Protocols.Bayeux;

namespace Tidings.Protocols.Tests.Bayeux;

/// <summary>
/// The exchanges of the Bayeux specification as CometD's and Faye's servers have them, in <c>Transcripts</c>:
/// <c>client</c> and <c>faye</c> hold the same members in another order than ours, <c>server</c> and <c>delivery</c> the same bytes.
/// </summary>
public sealed class TranscriptTests
{
    public static TheoryData<string> Transcripts =>
        [.. Directory.GetFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order()];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Bayeux", "Transcripts");

    [Fact]
    public void The_transcripts_are_there() => Assert.Equal(7, Transcripts.Count);

    [Theory, MemberData(nameof(Transcripts))]
    public void Every_message_is_read_field_by_field(string transcript)
    {
        foreach (var (_, message) in Steps(transcript))
            AssertFields(message, Parse(message));
    }

    [Theory, MemberData(nameof(Transcripts))]
    public void Every_message_is_written_with_the_same_members(string transcript)
    {
        foreach (var (_, message) in Steps(transcript))
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(message.GetRawText()), JsonNode.Parse(Write(Parse(message)))), message.GetRawText());
    }

    [Theory, MemberData(nameof(Transcripts))]
    public void Every_reply_is_written_as_the_same_bytes(string transcript)
    {
        foreach (var (_, message) in Steps(transcript).Where(step => step.From == "server"))
            Assert.Equal(message.GetRawText(), Write(Parse(message)));
    }

    [Fact]
    public void Every_delivery_is_written_as_the_same_bytes()
    {
        foreach (var (_, message) in Steps("publish").Where(step => step.From == "delivery"))
        {
            var parsed = Parse(message);
            var output = new ArrayBufferWriter<byte>();
            BayeuxWriter.WriteDelivery(
                output, parsed.Channel!, parsed.Data.Span, parsed.Ext.Span, parsed.Extras.Span, parsed.Id.Span);
            Assert.Equal(message.GetRawText(), Encoding.UTF8.GetString(output.WrittenSpan));
        }
    }

    private static void AssertFields(JsonElement expected, BayeuxMessage actual)
    {
        Assert.Equal(BayeuxFault.None, actual.Fault);
        Assert.Equal(Text(expected, "channel"), actual.Channel);
        Assert.Equal(Text(expected, "clientId"), actual.ClientId);
        Assert.Equal(Text(expected, "version"), actual.Version);
        Assert.Equal(Text(expected, "minimumVersion"), actual.MinimumVersion);
        Assert.Equal(Text(expected, "connectionType"), actual.ConnectionType);
        Assert.Equal(Text(expected, "error"), actual.Error);
        Assert.Equal(Member(expected, "successful")?.GetBoolean(), actual.Successful);
        Assert.Equal(Strings(Member(expected, "supportedConnectionTypes")), actual.SupportedConnectionTypes);
        Assert.Equal(Strings(Member(expected, "subscription")), actual.Subscriptions);
        Assert.Equal(Member(expected, "subscription")?.ValueKind == JsonValueKind.Array, actual.SubscriptionIsArray);
        AssertAdvice(Member(expected, "advice"), actual.Advice);
        foreach (var (name, raw) in new[] { ("id", actual.Id), ("data", actual.Data), ("ext", actual.Ext) })
            Assert.Equal(Member(expected, name)?.GetRawText() ?? "", Encoding.UTF8.GetString(raw.Span));
    }

    private static void AssertAdvice(JsonElement? expected, BayeuxAdvice? actual)
    {
        Assert.Equal(expected is null, actual is null);
        if (expected is not { } advice)
            return;
        Assert.Equal(Text(advice, "reconnect"), actual!.Reconnect);
        Assert.Equal(Member(advice, "timeout")?.GetInt64(), actual.Timeout);
        Assert.Equal(Member(advice, "interval")?.GetInt64(), actual.Interval);
        Assert.Equal(Member(advice, "maxInterval")?.GetInt64(), actual.MaxInterval);
        Assert.Equal(Member(advice, "multiple-clients")?.GetBoolean(), actual.MultipleClients);
    }

    private static IEnumerable<(string From, JsonElement Message)> Steps(string transcript)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, transcript + ".json")));
        return [.. document.RootElement.Clone().EnumerateArray().Select(step => step.EnumerateObject().Single()).Select(step => (step.Name, step.Value))];
    }

    private static BayeuxMessage Parse(JsonElement message) =>
        Assert.Single(BayeuxReader.Read(Encoding.UTF8.GetBytes(message.GetRawText()), BayeuxReaderLimits.Default).Messages);

    private static string Write(BayeuxMessage message)
    {
        var output = new ArrayBufferWriter<byte>();
        BayeuxWriter.WriteReply(output, message);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static JsonElement? Member(JsonElement parent, string name) => parent.TryGetProperty(name, out var member) ? member : null;

    private static string? Text(JsonElement parent, string name) => Member(parent, name)?.GetString();

    private static string[]? Strings(JsonElement? value) => value switch
    {
        null => null,
        { ValueKind: JsonValueKind.Array } array => [.. array.EnumerateArray().Select(item => item.GetString()!)],
        { } single => [single.GetString()!],
    };
}
