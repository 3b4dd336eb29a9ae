using System.Text;
using Tidings.Protocols.SmartRest;

namespace Tidings.Protocols.Tests.SmartRest;

public sealed class RequestTemplateTests
{
    [Fact]
    public void Values_fill_the_URI_first_and_then_the_body()
    {
        var request = Expand("10,100,PUT,/inventory/&&?q=&&,application/json,text/csv,&&,UNSIGNED STRING NUMBER,\"{\"\"v\"\":&&}\"", "7", "a b", "1.5");

        Assert.Equal((4, "PUT", "/inventory/7?q=a%20b"), (request.Line, request.Method, request.Target));
        Assert.Equal(("application/json", "text/csv"), (request.ContentType, request.Accept));
        Assert.Equal("""{"v":1.5}""", Body(request));
    }

    [Theory]
    [InlineData("UNSIGNED", "-3")]
    [InlineData("UNSIGNED", "")]
    [InlineData("UNSIGNED", "1.5")]
    [InlineData("INTEGER", "1.0")]
    [InlineData("INTEGER", "--1")]
    [InlineData("INTEGER", "-")]
    [InlineData("NUMBER", "NaN")]
    [InlineData("NUMBER", "1e999")]
    [InlineData("NUMBER", "1,5")]
    [InlineData("NUMBER", " 1")]
    [InlineData("NUMBER", "0x1F")]
    [InlineData("DATE", "yesterday")]
    public void Item_16_a_value_of_the_wrong_type_is_told(string type, string value)
    {
        var error = Refuse($"10,100,GET,/a/%%,,,%%,{type},", value);

        Assert.Equal(SmartErrorCode.Arguments, error.Code);
        Assert.Equal($"Value is not a {type}: {value}", error.Text);
    }

    [Theory]
    [InlineData("UNSIGNED", "007", "007")]
    [InlineData("UNSIGNED", "+7", "7")]
    [InlineData("INTEGER", "-7", "-7")]
    [InlineData("integer", "123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData("NUMBER", "1.0", "1.0")]
    [InlineData("NUMBER", "-1.5e3", "-1.5e3")]
    [InlineData("NUMBER", "+5", "5")]
    [InlineData("NUMBER", ".5", "0.5")]
    [InlineData("NUMBER", "5.", "5")]
    [InlineData("NUMBER", "-007", "-7")]
    [InlineData("DATE", "2019-10-29T13:10:21.297Z", "2019-10-29T13:10:21.297Z")]
    [InlineData("DATE", "2011-09-06", "2011-09-06")]
    [InlineData("STRING", "", "")]
    public void Item_16_a_value_of_its_type_is_taken(string type, string value, string written) =>
        Assert.Equal(written, Body(Expand($"10,100,POST,/a,text/plain,,%%,{type},%%", value)));

    [Fact]
    public void Item_17_the_servers_time_takes_no_argument() => Assert.Equal(
        "x 2019-10-29T12:00:00.250Z y", Body(Expand("10,100,POST,/a,text/plain,,%%,STRING NOW STRING,%% %% %%", "x", "y")));

    [Fact]
    public void Item_18_placeholders_without_types_take_texts()
    {
        const string Template = "10,100,PUT,/a/%%,text/plain,,%%,,[%%]";

        Assert.Equal("/a/x [y]", Expand(Template, "x", "y") is var request ? $"{request.Target} {Body(request)}" : "");
        Assert.Equal("45,4,Wrong number of arguments\n", Refuse(Template, "x").Text());
        Assert.Equal("45,4,Wrong number of arguments\n", Refuse(Template, "x", "y", "z").Text());
    }

    [Fact]
    public void Item_16_a_template_without_placeholders_takes_no_values()
    {
        Assert.Equal("/a", Expand("10,100,GET,/a,,,,STRING,").Target);
        Assert.Equal("45,4,No arguments supported\n", Refuse("10,100,GET,/a,,,,,", "x").Text());
    }

    [Theory]
    [InlineData("[%%]", "\"a\",\"b\"", "[\"a\",\"b\"]")]
    [InlineData("{\"t\":\"%%\"}", "plain", "{\"t\":\"plain\"}")]
    [InlineData("{\"t\":\"%%\"}", "a \"q\"", "{\"t\":\"a \\\"q\\\"\"}")]
    [InlineData("{\"t\":\"%%\"}", "a\nb", "{\"t\":\"a\\nb\"}")]
    [InlineData("{\"t\":\"%%\"}", "a\\nb \\u00e9", "{\"t\":\"a\\nb \\u00e9\"}")]
    [InlineData("{\"t\":\"%%\"}", "C:\\users", "{\"t\":\"C:\\\\users\"}")]
    [InlineData("{\"t\":\"%%\"}", "\\", "{\"t\":\"\\\\\"}")]
    [InlineData("{\"t\":\"\\\" %%\"}", "\"", "{\"t\":\"\\\" \\\"\"}")]
    [InlineData("{\"t\":\"x\",\"u\":%%}", "{\"v\":1}", "{\"t\":\"x\",\"u\":{\"v\":1}}")]
    public void A_value_in_a_string_of_JSON_never_ends_that_string(string template, string value, string body) =>
        Assert.Equal(body, Body(Expand($"10,100,POST,/a,application/json,,%%,,\"{template.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", value)));

    [Fact]
    public void A_value_in_a_text_stays_as_it_is() =>
        Assert.Equal("\"a \"q\"\"", Body(Expand("10,100,POST,/a,text/plain,,%%,,\"\"\"%%\"\"\"", "a \"q\"")));

    [Theory]
    [InlineData("a/b?c=d&e=%20", "/x/a/b?c=d&e=%20")]
    [InlineData("a b\r\nX: y", "/x/a%20b%0D%0AX:%20y")]
    [InlineData("é\"<", "/x/%C3%A9%22%3C")]
    public void A_value_in_a_URI_leaves_it_a_URI(string value, string target) =>
        Assert.Equal(target, Expand("10,100,GET,/x/%%,,,%%,,", value).Target);

    [Fact]
    public void A_template_is_found_by_its_identifier()
    {
        var set = Smart.Set("10,100,GET,/a", "11,101,,,$.id");

        Assert.Equal(100u, set.FindRequest("100")!.Id);
        Assert.Null(set.FindRequest("101"));
        Assert.Null(set.FindRequest("777"));
        Assert.Null(set.FindRequest("99999999999"));
    }

    private static string Body(ExpandedRequest request) => Encoding.UTF8.GetString(request.Body.Span);

    private static ExpandedRequest Expand(string template, params string[] arguments)
    {
        var request = Smart.Set(template).FindRequest("100")!.Expand(4, arguments, Smart.Noon, out var error);
        Assert.True(request is not null, error.Text);
        return request;
    }

    private static SmartError Refuse(string template, params string[] arguments)
    {
        Assert.Null(Smart.Set(template).FindRequest("100")!.Expand(4, arguments, Smart.Noon, out var error));
        Assert.Equal(4, error.Line);
        return error;
    }
}
