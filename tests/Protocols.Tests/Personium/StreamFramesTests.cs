using FsCheck;
using FsCheck.Fluent;
using Tidings.Protocols.Personium;

namespace Tidings.Protocols.Tests.Personium;

public sealed class StreamFramesTests
{
    [Theory]
    [InlineData("abc")]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"AccessToken\"")]
    [InlineData("""{"Subscribe":{}}""")]
    [InlineData("""{"AccessToken":null}""")]
    [InlineData("""{"AccessToken":5}""")]
    [InlineData("""{"AccessToken":{"x":1}}""")]
    [InlineData("""{"AccessToken":"a"}x""")]
    [InlineData("""{"AccessToken":"a","AccessToken":"b"}""")]
    [InlineData("""{"accesstoken":"a"}""")]
    [InlineData("""{"AccessToken":"\ud800"}""")]
    [InlineData("""{"AccessToken":"trunc""")]
    public void What_holds_no_token_is_no_request(string frame) => Assert.Null(StreamFrames.ReadToken(Text.Bytes(frame)));

    [Theory]
    [InlineData("""{"AccessToken":"AA~x"}""")]
    [InlineData("""{"Other":[1],"AccessToken":"AA~x","Subscribe":{}}""")]
    public void Other_members_beside_a_token_do_not_count(string frame) => Assert.Equal("AA~x", StreamFrames.ReadToken(Text.Bytes(frame)));

    [Fact]
    public void Any_bytes_are_a_token_or_none() => Check.QuickThrowOnFailure(Prop.ForAll<byte, ushort>((value, place) =>
    {
        var bytes = Text.Bytes("""{"AccessToken":"AA~\u00e9\ud83d\ude00","x":[{"y":1}]}""");
        bytes[place % bytes.Length] = value;
        return (StreamFrames.ReadToken(bytes)?.Length ?? 0) < bytes.Length;
    }));

    [Theory]
    [InlineData("""{"a":1}""", """{"a":1}""")]
    [InlineData("""  {"a" : 1.0e400 } """, """  {"a" : 1.0e400 } """)]
    [InlineData("[1,2]", """{"content":"[1,2]"}""")]
    [InlineData("5", """{"content":"5"}""")]
    [InlineData("hello", """{"content":"hello"}""")]
    [InlineData("say \"hi\"\n", """{"content":"say \"hi\"\n"}""")]
    [InlineData("", """{"content":""}""")]
    [InlineData("null", "null")]
    [InlineData("{broken", """{"content":"{broken"}""")]
    public void A_topic_delivers_objects_as_they_are_and_the_rest_as_content(string body, string delivered) =>
        Assert.Equal(delivered, Text.Of(StreamBody.ForTopic(Text.Bytes(body)).Span));

    [Fact]
    public void A_queue_drops_null() => Assert.Null(StreamBody.ForQueue("null"u8.ToArray()));

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_delivered_with_replacement_characters() =>
        Assert.Equal("{\"content\":\"a\uFFFD\"}", Text.Of(StreamBody.ForTopic(new byte[] { 0x61, 0xFF }).Span));

    [Fact]
    public void A_queue_answers_with_an_array()
    {
        Assert.Equal("[]", Text.Of(StreamBody.Join([])));
        Assert.Equal("""[{"a":1},{"b":2}]""", Text.Of(StreamBody.Join(["""{"a":1}"""u8.ToArray(), """{"b":2}"""u8.ToArray()])));
    }
}
