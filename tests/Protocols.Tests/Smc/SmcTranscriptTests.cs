using Tidings.Protocols.Smc;

namespace Tidings.Protocols.Tests.Smc;

/// <summary>The example of the SMC API guide, frame by frame: <c>&gt;&gt;&gt;</c> is the client, <c>!!!</c> what happens, <c>&lt;&lt;&lt;</c> the server.</summary>
public sealed class SmcTranscriptTests
{
    private static string[] Lines => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Smc", "Transcripts", "notification.txt"));

    [Fact]
    public void The_guides_example_is_read_and_written_byte_for_byte()
    {
        var nextId = 0;
        var answers = 0;
        string? written = null;
        foreach (var line in Lines)
        {
            switch (line[..3])
            {
                case ">>>":
                    written = Answer(line[4..], ref nextId);
                    break;
                case "!!!":
                    written = Event(line[4..].Split(' '));
                    break;
                default:
                    Assert.Equal(line[4..], written);
                    answers++;
                    break;
            }
        }

        Assert.Equal(8, answers);
    }

    private static string Answer(string frame, ref int nextId)
    {
        var request = SmcRequestReader.Read(Text.Bytes(frame), SmcReaderLimits.Default);
        var id = request.Kind == SmcRequestKind.Subscribe ? nextId++ : request.SubscriptionId;
        return request.Kind == SmcRequestKind.Subscribe
            ? Text.Written(output => SmcSocketWriter.WriteSubscribed(output, request.Context, id))
            : Text.Written(output => SmcSocketWriter.WriteUnsubscribed(output, id));
    }

    private static string Event(string[] words)
    {
        Assert.True(SmcVersion.TryParse("7.2.1", out var version));
        var body = SmcSocketWriter.EncodeBody(SmcEventTypes.BodyOf(words[0]));
        var element = $"http://localhost:8082/{version.Text}/elements/{words[1]}/{words[2]}";
        return Text.Written(output => SmcSocketWriter.WriteEvent(output, version, body, element, int.Parse(words[3], null)));
    }
}
