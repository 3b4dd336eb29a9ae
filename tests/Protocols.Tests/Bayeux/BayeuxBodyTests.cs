using System.Text;
using Tidings.Protocols.Bayeux;

namespace Tidings.Protocols.Tests.Bayeux;

public sealed class BayeuxBodyTests
{
    [Theory]
    [InlineData("message=%5B%7B%22a%22%3A%22b+c%22%7D%5D", "[{\"a\":\"b c\"}]")]
    [InlineData("message=[]", "[]")]
    [InlineData("a=1&message=%7B%7D&b&message=%7b%7d&=x", "{}", "{}")]
    [InlineData("m%65ssage=%c3%a9%2B", "é+")]
    [InlineData("message=", "")]
    public void Message_fields_are_found_and_decoded(string form, params string[] messages)
    {
        Assert.True(BayeuxForm.TryReadMessages(Encoding.UTF8.GetBytes(form), 10, out var found));
        Assert.Equal(messages, found.Select(message => Encoding.UTF8.GetString(message.Span)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("message")]
    [InlineData("other=1")]
    [InlineData("message=%")]
    [InlineData("message=%2")]
    [InlineData("message=%zz")]
    [InlineData("message=%+1")]
    [InlineData("message=1&message=2&message=3")]
    public void A_form_without_usable_messages_fails(string form) =>
        Assert.False(BayeuxForm.TryReadMessages(Encoding.UTF8.GetBytes(form), 2, out _));

    [Theory]
    [InlineData("iso-8859-7", 0xE1, "α")]
    [InlineData("\"ISO-8859-1\"", 0xE9, "é")]
    [InlineData("windows-1252", 0x80, "€")]
    public void A_body_in_another_charset_becomes_UTF8(string charset, int letter, string expected)
    {
        Assert.True(BayeuxCharset.TryToUtf8(charset, new[] { (byte)letter }, out var utf8));
        Assert.Equal(expected, Encoding.UTF8.GetString(utf8.Span));
    }

    [Fact]
    public void A_body_in_UTF16_becomes_UTF8()
    {
        Assert.True(BayeuxCharset.TryToUtf8("utf-16", Encoding.Unicode.GetBytes("\uFEFF[{\"channel\":\"/é\"}]"), out var utf8));
        Assert.Equal("/é", BayeuxReader.Read(utf8, BayeuxReaderLimits.Default).Messages[0].Channel);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("UTF-8")]
    [InlineData("\"utf-8\"")]
    [InlineData("utf8")]
    public void A_body_in_UTF8_is_not_copied(string? charset)
    {
        ReadOnlyMemory<byte> body = "[]"u8.ToArray();

        Assert.True(BayeuxCharset.TryToUtf8(charset, body, out var utf8));
        Assert.Equal(body, utf8);
    }

    [Theory]
    [InlineData("klingon", 'a')]
    [InlineData("utf-7", 'a')]
    [InlineData("us-ascii", 0xE9)]
    [InlineData("shift_jis", 0x81)]
    public void An_unknown_charset_or_bytes_outside_it_fail(string charset, int letter) =>
        Assert.False(BayeuxCharset.TryToUtf8(charset, new[] { (byte)letter }, out _));
}
