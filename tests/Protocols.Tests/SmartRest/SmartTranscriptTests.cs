using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tidings.Protocols.Bayeux;
using Tidings.Protocols.SmartRest;

namespace Tidings.Protocols.Tests.SmartRest;

/// <summary>Conversations as files: a line <c>&gt;</c> is what a client sends, a line <c>&lt;</c> what it gets.</summary>
public sealed class SmartTranscriptTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "SmartRest", "Transcripts");

    public static TheoryData<string, RealtimeFormat> Transcripts => new()
    {
        { "realtime", RealtimeFormat.Documented },
        { "several-templates", RealtimeFormat.Documented },
        { "agent", RealtimeFormat.Live },
    };

    [Theory]
    [InlineData("realtime")]
    [InlineData("several-templates")]
    [InlineData("agent")]
    public void Every_request_is_read_as_what_it_says(string transcript)
    {
        foreach (var line in Lines(transcript, '>'))
            Assert.Equal(line, Line(Assert.Single(RealtimeReader.Read(Encoding.UTF8.GetBytes(line), Smart.Limits))));
    }

    [Theory]
    [MemberData(nameof(Transcripts))]
    public void Every_response_is_written_as_the_same_bytes(string transcript, RealtimeFormat format)
    {
        foreach (var line in Lines(transcript, '<'))
            Assert.Equal(line + "\n", Smart.Written(output => Write(output, [.. Assert.Single(Smart.Rows(line)).Fields], format)));
    }

    [Fact]
    public void Rows_of_several_sets_are_the_documented_ones()
    {
        var sets = new (string XId, TemplateSet Set)[]
        {
            ("mytemplate1", Smart.Set("11,100,,,$.a", "11,101,,,$.b")),
            ("mytemplate2", Smart.Set("11,100,,$.missing,$.a")),
            ("mytemplate3", Smart.Set("11,100,,,$.c")),
        };
        var written = Smart.Written(output =>
        {
            foreach (var (xid, set) in sets)
            {
                var rows = new ArrayBufferWriter<byte>();
                if (set.Evaluate("""{"a":"myvalue","b":"myvalue2","c":"myvalue3"}"""u8, null, rows) is { Rows: > 0 } result)
                {
                    RealtimeWriter.WriteGroup(output, result.Rows, xid);
                    output.Write(rows.WrittenSpan);
                }
            }
        });

        Assert.Equal(Lines("several-templates", '<'), written.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void The_documented_alarm_yields_its_values()
    {
        using var transcript = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "alarm.json")));
        var data = Encoding.UTF8.GetBytes(transcript.RootElement[0].GetProperty("data").GetRawText());
        var set = Smart.Set(
            "11,200,,$.severity,$.id,$.severity,$.count,$.text,$.source.id",
            "11,201,,$.c8y_Application__Metadata,$.c8y_Application__Metadata,$.history.auditRecords",
            "11,202,,$.realtimeAction,$.realtimeAction");

        Assert.Equal(
            "200,1,327,MAJOR,2,Back-off restarting failed container,208\n"
            + "201,1,\"{\"\"owner\"\":\"\"management\"\",\"\"tenant\"\":\"\"management\"\"}\",[]\n",
            set.Evaluate(Encoding.UTF8.GetString(RealtimeEntity.Of(data).Span)));
    }

    [Fact]
    public void The_documented_messages_go_through_the_Bayeux_codec_unchanged()
    {
        var read = BayeuxReader.Read(File.ReadAllBytes(Path.Combine(Folder, "alarm.json")), BayeuxReaderLimits.Default);

        var output = new ArrayBufferWriter<byte>();
        BayeuxWriter.WriteDelivery(output, read.Messages[0].Channel!, read.Messages[0].Data.Span, ext: default, extras: default, id: read.Messages[0].Id.Span);
        output.Write(","u8);
        BayeuxWriter.WriteReply(output, read.Messages[1]);

        using var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "alarm.json")));
        using var actual = JsonDocument.Parse($"[{Encoding.UTF8.GetString(output.WrittenSpan)}]");
        Assert.True(JsonElement.DeepEquals(expected.RootElement, actual.RootElement));
    }

    private static IEnumerable<string> Lines(string transcript, char from) =>
        File.ReadAllLines(Path.Combine(Folder, transcript + ".txt")).Where(line => line.StartsWith(from)).Select(line => line[2..]);

    private static string Line(RealtimeCommand command) => string.Create(CultureInfo.InvariantCulture, $"{command switch
    {
        RealtimeHandshake handshake => handshake.Reliable ? "80,true" : "80",
        RealtimeSubscribe subscribe => string.Join(',', ["81", subscribe.ClientId, subscribe.Channel, .. subscribe.XIds]),
        RealtimeUnsubscribe unsubscribe => $"82,{unsubscribe.ClientId},{unsubscribe.Channel}",
        RealtimeConnect connect => connect.Acknowledged is { } batch ? $"83,{connect.ClientId},{batch}" : $"83,{connect.ClientId}",
        RealtimeDisconnect disconnect => $"84,{disconnect.ClientId}",
        _ => throw new Xunit.Sdk.XunitException($"{command} answers no line of a transcript."),
    }}");

    private static void Write(IBufferWriter<byte> output, string[] fields, RealtimeFormat format)
    {
        if (fields is ["86", .. var advice])
            RealtimeWriter.WriteAdvice(output, Advice(advice[(format == RealtimeFormat.Live ? 1 : 0)..]), format);
        else if (fields is ["87", var rows, var xid])
            RealtimeWriter.WriteGroup(output, int.Parse(rows, CultureInfo.InvariantCulture), xid);
        else if (fields is ["88", var batch])
            RealtimeWriter.WriteBatch(output, long.Parse(batch, CultureInfo.InvariantCulture));
        else if (fields is [var clientId])
            RealtimeWriter.WriteClientId(output, clientId);
        else
            SmartRowWriter.WriteRow(output, fields);
    }

    private static RealtimeAdvice Advice(string[] fields) => new(Number(fields[0]), Number(fields[1]), fields[2] switch
    {
        "retry" => ReconnectPolicy.Retry,
        "handshake" => ReconnectPolicy.Handshake,
        "none" => ReconnectPolicy.None,
        _ => ReconnectPolicy.Unsaid,
    });

    private static long? Number(string field) => field.Length == 0 ? null : long.Parse(field, CultureInfo.InvariantCulture);
}
