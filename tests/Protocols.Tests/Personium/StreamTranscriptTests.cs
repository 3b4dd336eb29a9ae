using Tidings.Protocols.Personium;

namespace Tidings.Protocols.Tests.Personium;

/// <summary>
/// The examples of Personium's documentation: <c>&gt;&gt;&gt;</c> is the client, <c>!!!</c> a message sent to the topic, <c>---</c> an error,
/// <c>&lt;&lt;&lt;</c> the server.
/// </summary>
public sealed class StreamTranscriptTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_518_612_600_999);

    private static string[] Lines => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Personium", "Transcripts", "topic.txt"));

    [Fact]
    public void The_documentations_examples_are_read_and_written_byte_for_byte()
    {
        string? written = null;
        var answers = 0;
        foreach (var line in Lines)
        {
            if (line.StartsWith("<<<", StringComparison.Ordinal))
            {
                Assert.Equal(line[4..], written);
                answers++;
            }
            else
            {
                written = Written(line[..3], line[4..]);
            }
        }

        Assert.Equal(6, answers);
    }

    [Fact]
    public void Timestamps_may_count_milliseconds() => Assert.Equal(
        """{"Response":"AccessToken","Result":"Success","ExpiresIn":0,"Timestamp":1518612600999}""",
        Text.Written(output => StreamFrames.WriteSuccess(output, TimeSpan.FromSeconds(0.9), Now, StreamTimestamp.Milliseconds)));

    private static string Written(string kind, string rest)
    {
        var words = rest.Split(' ', 2);
        return kind switch
        {
            ">>>" => Text.Written(output =>
            {
                Assert.Equal("AA~91WT0GNoVGFHJFQ.......e", StreamFrames.ReadToken(Text.Bytes(rest)));
                StreamFrames.WriteSuccess(output, TimeSpan.FromSeconds(3600.7), Now, StreamTimestamp.Seconds);
            }),
            "!!!" => Text.Written(output => StreamFrames.WriteDelivery(output, words[0], StreamBody.ForTopic(Text.Bytes(words[1])).Span)),
            _ => Text.Written(output =>
                StreamFrames.WriteError(output, Enum.Parse<StreamReply>(words[0]), words[1], Now, StreamTimestamp.Seconds)),
        };
    }
}
