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
}
