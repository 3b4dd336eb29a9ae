using System.Text;
using Tidings.Protocols.Bayeux;
using Tidings.Protocols.Charsets;

namespace Tidings.Protocols.Tests.Charsets;

public sealed class TextBodyTests
{
    [Theory]
    [InlineData("iso-8859-7", 0xE1, "α")]
    [InlineData("\"ISO-8859-1\"", 0xE9, "é")]
    [InlineData("windows-1252", 0x80, "€")]
    public void A_body_in_another_charset_becomes_UTF8(string charset, int letter, string expected)
    {
        Assert.Equal(TextFault.None, TextBody.ToUtf8(charset, new[] { (byte)letter }, out var utf8));
        Assert.Equal(expected, Encoding.UTF8.GetString(utf8.Span));
    }

    [Fact]
    public void A_body_in_UTF16_becomes_UTF8()
    {
        Assert.Equal(TextFault.None, TextBody.ToUtf8("utf-16", Encoding.Unicode.GetBytes("\uFEFF[{\"channel\":\"/é\"}]"), out var utf8));
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

        Assert.Equal(TextFault.None, TextBody.ToUtf8(charset, body, out var utf8));
        Assert.Equal(body, utf8);
    }

    [Theory]
    [InlineData("klingon", 'a', TextFault.UnknownCharset)]
    [InlineData("utf-7", 'a', TextFault.UnknownCharset)]
    [InlineData("us-ascii", 0xE9, TextFault.NotInCharset)]
    [InlineData("shift_jis", 0x81, TextFault.NotInCharset)]
    [InlineData("utf-8", 0xE9, TextFault.NotInCharset)]
    public void An_unknown_charset_or_bytes_outside_it_fail(string charset, int letter, TextFault fault) =>
        Assert.Equal(fault, TextBody.ToUtf8(charset, new[] { (byte)letter }, out _));
}
