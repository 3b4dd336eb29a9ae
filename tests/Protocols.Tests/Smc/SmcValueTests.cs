using Tidings.Protocols.Smc;

namespace Tidings.Protocols.Tests.Smc;

public sealed class SmcValueTests
{
    [Theory]
    [InlineData("7.2", "7.2", false)]
    [InlineData("7.2.1", "7.2", false)]
    [InlineData("6.5", "6.5", true)]
    [InlineData("6.10", "6.10", false)]
    public void A_version_has_two_or_three_numbers(string text, string rel, bool arrays)
    {
        Assert.True(SmcVersion.TryParse(text, out var version));
        Assert.Equal(text, version.Text);
        Assert.Equal(rel, version.Rel);
        Assert.Equal(arrays, version.SendsArrays);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("7.")]
    [InlineData(".2")]
    [InlineData("7.2.1.0")]
    [InlineData("-7.2")]
    [InlineData("7.2a")]
    [InlineData("７.2")]
    [InlineData("99999999999.1")]
    [InlineData("1.0000000000000001")]
    public void Anything_else_is_no_version(string? text) => Assert.False(SmcVersion.TryParse(text, out _));

    [Theory]
    [InlineData("host", true)]
    [InlineData("admin_user", true)]
    [InlineData("1732", true)]
    [InlineData("", false)]
    [InlineData("..", false)]
    [InlineData("a/b", false)]
    [InlineData("a%2Fb", false)]
    [InlineData("*", false)]
    [InlineData("hôst", false)]
    public void A_name_is_one_segment(string name, bool good) => Assert.Equal(good, SmcNames.IsName(name));

    [Fact]
    public void A_name_has_a_longest_length()
    {
        Assert.True(SmcNames.IsName(new string('a', SmcNames.MaxLength)));
        Assert.False(SmcNames.IsName(new string('a', SmcNames.MaxLength + 1)));
    }

    [Theory]
    [InlineData("""{"domain":"D","authenticationkey":"K"}""", "K", "D")]
    [InlineData("""{"authenticationkey":"K"}""", "K", "Shared Domain")]
    [InlineData("""{"authenticationkey":"K","domain":null}""", "K", "Shared Domain")]
    public void A_login_has_a_key_and_perhaps_a_domain(string body, string key, string domain) =>
        Assert.Equal(new SmcLogin(key, domain), SmcLogin.Read(Text.Bytes(body)));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"authenticationkey":""}""")]
    [InlineData("""{"authenticationkey":1}""")]
    public void A_login_without_a_key_is_none(string body) => Assert.Null(SmcLogin.Read(Text.Bytes(body)));

    [Fact]
    public void A_login_does_not_show_its_key() => Assert.DoesNotContain("secret", new SmcLogin("secret", "D").ToString());

    [Theory]
    [InlineData("""{"name":"h1","address":"10.0.0.1"}""", "h1")]
    [InlineData("""{"name":" "}""", null)]
    [InlineData("""{"name":5}""", null)]
    [InlineData("{}", null)]
    [InlineData("[]", null)]
    [InlineData("x", null)]
    public void An_element_has_a_name(string body, string? name) => Assert.Equal(name, SmcElement.NameOf(Text.Bytes(body)));

    [Fact]
    public void An_element_is_served_with_what_the_server_knows() => Assert.Equal(
        """{"name":"h1","type":"host","address":"10.0.0.1","trashed":false,"link":[{"rel":"self","href":"http://h/x","type":"host"}]}""",
        Text.Of(SmcElement.Write(Text.Bytes("""{"type":"evil","address":"10.0.0.1","name":"h1","link":[],"trashed":true}"""), "host", "http://h/x", false)));
}
