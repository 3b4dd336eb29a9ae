using System.Buffers;
using System.Text;
using System.Text.Json;
using Tidings.Protocols.Bayeux;

namespace Tidings.Protocols.Tests.Bayeux;

public sealed class BayeuxWriterTests
{
    [Fact]
    public void A_message_with_nothing_set_is_an_empty_object() => Assert.Equal("{}", Reply(new BayeuxMessage()));

    [Fact]
    public void Text_is_escaped() =>
        Assert.Equal("""{"channel":"/a\"b\\c\nü\u0001"}""", Reply(new BayeuxMessage { Channel = "/a\"b\\c\nü\u0001" }));

    [Fact]
    public void Half_a_surrogate_pair_is_replaced() => Assert.Equal("{\"error\":\"\uFFFD\"}", Reply(new BayeuxMessage { Error = "\ud800" }));

    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData("\0\u001f\t\r\n\b\f\"\\/<>\u007f\u2028 é 😀")]
    public void A_string_reads_back_as_it_was_written(string text)
    {
        var fromChars = new ArrayBufferWriter<byte>();
        var fromBytes = new ArrayBufferWriter<byte>();
        BayeuxText.WriteString(fromChars, text);
        BayeuxText.WriteString(fromBytes, Encoding.UTF8.GetBytes(text));

        Assert.Equal(text, JsonSerializer.Deserialize<string>(fromChars.WrittenSpan));
        Assert.Equal(Text(fromChars), Text(fromBytes));
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_become_replacement_characters()
    {
        var output = new ArrayBufferWriter<byte>();
        BayeuxText.WriteString(output, [(byte)'a', 0xFF, (byte)'"']);

        Assert.Equal("\"a\uFFFD\\\"\"", Text(output));
    }

    [Fact]
    public void A_single_subscription_is_a_string_only_if_it_came_as_one()
    {
        Assert.Equal("""{"subscription":"/a"}""", Reply(new BayeuxMessage { Subscriptions = ["/a"] }));
        Assert.Equal("""{"subscription":["/a"]}""", Reply(new BayeuxMessage { Subscriptions = ["/a"], SubscriptionIsArray = true }));
        Assert.Equal("""{"subscription":["/a","/b"]}""", Reply(new BayeuxMessage { Subscriptions = ["/a", "/b"] }));
    }

    [Fact]
    public void A_delivery_leaves_out_what_is_empty()
    {
        var output = new ArrayBufferWriter<byte>();
        BayeuxWriter.WriteDelivery(output, "/a", "0"u8, default, default);

        Assert.Equal("""{"channel":"/a","data":0}""", Text(output));
    }

    [Theory]
    [InlineData("[{\"a\":\"</script>\"}]", "/**/cb([{\"a\":\"\\u003c/script>\"}]);")]
    [InlineData("[\"\u2028\u2029\u20ac\u2027\"]", "/**/cb([\"\\u2028\\u2029\u20ac\u2027\"]);")]
    [InlineData("[\"\\\\<\"]", "/**/cb([\"\\\\\\u003c\"]);")]
    [InlineData("[]", "/**/cb([]);")]
    public void Jsonp_escapes_what_a_browser_could_take_for_code(string json, string script)
    {
        var output = new ArrayBufferWriter<byte>();
        BayeuxWriter.WriteJsonp(output, "cb", Encoding.UTF8.GetBytes(json));

        Assert.Equal(script, Text(output));
    }

    [Fact]
    public void Jsonp_refuses_a_callback_that_is_code() =>
        Assert.Throws<ArgumentException>(() => BayeuxWriter.WriteJsonp(new ArrayBufferWriter<byte>(), "alert(1)", "[]"u8));

    [Theory]
    [InlineData("jsonpcallback", true)]
    [InlineData("_cometd_jsonp_1", true)]
    [InlineData("__jsonp12__", true)]
    [InlineData("a.b-C", true)]
    [InlineData("", false)]
    [InlineData("a<b", false)]
    [InlineData("a b", false)]
    [InlineData("a(", false)]
    [InlineData("é", false)]
    [InlineData("a\n", false)]
    public void Callbacks_are_plain_names(string callback, bool isValid) => Assert.Equal(isValid, JsonpCallback.IsValid(callback));

    [Fact]
    public void Callbacks_have_at_most_64_characters()
    {
        Assert.True(JsonpCallback.IsValid(new string('a', 64)));
        Assert.False(JsonpCallback.IsValid(new string('a', 65)));
        Assert.True(JsonpCallback.IsValid(JsonpCallback.Default));
    }

    [Theory]
    [InlineData("", """{"a":1}""")]
    [InlineData("{}", """{"a":1}""")]
    [InlineData(" { } ", """{"a":1}""")]
    [InlineData("""{"ack":{"b":2} }""", """{"ack":{"b":2},"a":1}""")]
    public void A_member_is_added_to_an_object(string before, string after)
    {
        var output = new ArrayBufferWriter<byte>();
        BayeuxText.WriteObjectWith(output, Encoding.UTF8.GetBytes(before), "a"u8, "1"u8);

        Assert.Equal(after, Text(output));
    }

    [Theory]
    [InlineData("""{"ack":true}""", "true")]
    [InlineData("""{"x":{"ack":1},"ack": {"n":2} }""", "{\"n\":2}")]
    [InlineData("""{"\u0061ck":3}""", "3")]
    [InlineData("""{"ack":1,"ack":2}""", "2")]
    [InlineData("""{"\ud800ck":3}""", "")]
    [InlineData("{}", "")]
    [InlineData("", "")]
    [InlineData("[1]", "")]
    [InlineData("""{"ack":1,""", "")]
    public void A_member_of_an_object_is_found(string json, string value)
    {
        Assert.Equal(value.Length > 0, BayeuxText.TryGetMember(Encoding.UTF8.GetBytes(json), "ack"u8, out var raw));
        Assert.Equal(value, Encoding.UTF8.GetString(raw.Span));
    }

    private static string Reply(BayeuxMessage message)
    {
        var output = new ArrayBufferWriter<byte>();
        BayeuxWriter.WriteReply(output, message);
        return Text(output);
    }

    private static string Text(ArrayBufferWriter<byte> output) => Encoding.UTF8.GetString(output.WrittenSpan);
}
