namespace Tidings.Protocols.Tests.SmartRest;

public sealed class TemplateDefinitionTests
{
    [Theory]
    [InlineData("10,100,GET,/a,text/plain,,,,", "Content type given for GET or DELETE")]
    [InlineData("10,100,DELETE,/a,,,,,body", "Template string given for GET or DELETE")]
    [InlineData("10,100,POST,/a,,,,,body", "Content type missing for POST or PUT")]
    [InlineData("10,100,PUT,/a,text/plain,,,,", "Template string missing for POST or PUT")]
    public void Item_7_method_content_type_and_body_belong_together(string row, string text) => Assert.Equal($"41,1,{text}\n", Smart.Refusal(row));

    [Theory]
    [InlineData("10,100,PATCH,/a,,,,,", "Bad request template definition")]
    [InlineData("10,x,GET,/a,,,,,", "Bad request template definition")]
    [InlineData("10,-1,GET,/a,,,,,", "Bad request template definition")]
    [InlineData("10,83,GET,/a,,,,,", "Bad request template definition")]
    [InlineData("10,100,GET,,,,,,", "Bad request template definition")]
    [InlineData("10,100,GET,/a,,,,,,surplus", "Bad request template definition")]
    [InlineData("10,100,GET,\"/a\nX-Y: z\",,,,,", "Bad request template definition")]
    [InlineData("10", "Bad request template definition")]
    [InlineData("10,100,GET,/a/%%,,,%%,TEXT,", "Bad value type")]
    [InlineData("10,100,GET,/a/%%,,,%%,0,", "Bad value type")]
    [InlineData("10,100,GET,/a/%%,,,%%,STRING STRING,", "Bad request template definition")]
    [InlineData("10,100,GET,/a,,,%%,STRING,", "Values without placeholder")]
    [InlineData("11,101,,", "Bad response template definition")]
    [InlineData("11,101,,,", "Bad response template definition")]
    [InlineData("11,86,,,$.id", "Bad response template definition")]
    [InlineData("11,101,,,,$.id", "Bad pattern")]
    public void A_definition_that_is_none_is_refused(string row, string text) => Assert.Equal($"41,1,{text}\n", Smart.Refusal(row));

    [Theory]
    [InlineData("10,100,GET,/a")]
    [InlineData("10,100,get,/a,,,,")]
    [InlineData("10,1,GET,/a,,,,,,,,")]
    [InlineData("10,100,DELETE,/a/&&,,,&&,,")]
    [InlineData("10,317,PUT,/a/%%,application/json,,%%,,\"{\"\"b\"\":[%%]}\"")]
    [InlineData("10,100,GET,/a,,,,STRING,")]
    [InlineData("11,2,$,$,$.id,")]
    public void Items_4_and_18_definitions_that_are_in_use_are_taken(string row) => Assert.NotNull(Smart.Set(row));

    [Theory]
    [InlineData("$..id", "JsonPath refers to a list of objects")]
    [InlineData("$.*", "JsonPath refers to a list of objects")]
    [InlineData("$.a[*]", "JsonPath refers to a list of objects")]
    [InlineData("$.a[*].b", "JsonPath refers to a list of objects")]
    [InlineData("\"$.a[0,1]\"", "JsonPath refers to a list of objects")]
    [InlineData("$.a[1:3]", "JsonPath refers to a list of objects")]
    [InlineData("$.a[:3]", "JsonPath refers to a list of objects")]
    [InlineData("\"$['a','b']\"", "JsonPath refers to a list of objects")]
    [InlineData("$.a[?(@.x)]", "Filters (?) are not allowed in JsonPath")]
    [InlineData("$.a[(@.length-1)]", "Filters (?) are not allowed in JsonPath")]
    [InlineData("$.", "Invalid JsonPath")]
    [InlineData("$a", "Invalid JsonPath")]
    [InlineData("$.a.", "Invalid JsonPath")]
    [InlineData("$.a b", "Invalid JsonPath")]
    [InlineData("$.a[", "Invalid JsonPath")]
    [InlineData("$.a[]", "Invalid JsonPath")]
    [InlineData("$.a[-1]", "Invalid JsonPath")]
    [InlineData("$.a[0", "Invalid JsonPath")]
    [InlineData("$.a['b", "Invalid JsonPath")]
    [InlineData("$.a['b'", "Invalid JsonPath")]
    [InlineData("$.a[9999999999]", "Invalid JsonPath")]
    [InlineData("$.a()", "Invalid JsonPath")]
    [InlineData("@.a", "Invalid JsonPath")]
    public void Item_8_only_paths_to_one_value_are_taken(string path, string text)
    {
        Assert.Equal($"41,1,{text}\n", Smart.Refusal($"11,101,,,{path}"));
        Assert.Equal($"41,1,{text}\n", Smart.Refusal($"11,101,,{path},$.id"));
        if (path != "$.a[*]")
            Assert.Equal($"41,1,{text}\n", Smart.Refusal($"11,101,{path},,$.id"));
    }

    [Fact]
    public void Paths_have_bounds()
    {
        var deep = "$" + string.Concat(Enumerable.Repeat(".a", 32));

        Assert.NotNull(Smart.Set($"11,101,,,{deep}"));
        Assert.Equal("41,1,Invalid JsonPath\n", Smart.Refusal($"11,101,,,{deep}.a"));
        Assert.Equal("41,1,Invalid JsonPath\n", Smart.Refusal($"11,101,,,$.{new string('a', 1024)}"));
        Assert.Equal("41,1,Invalid JsonPath\n", Smart.Refusal($"11,101,,,$.{new string('[', 30_000)}"));
    }

    [Fact]
    public void Every_wrong_row_is_told_by_its_line() =>
        Assert.Equal("41,1,Bad value type\n42,2,Malformed Request\n41,4,Invalid JsonPath\n", Smart.Refusal(
            "10,100,GET,/a/%%,,,%%,TEXT,", "11,101,\"x", "11,102,,,$.id", "11,103,,,$$"));

    [Fact]
    public void Different_bases_have_a_bound()
    {
        var rows = Enumerable.Range(100, 65).Select(id => $"11,{id},$.a{id},,$.id").ToArray();

        Assert.NotNull(Smart.Set(rows[..64]));
        Assert.Equal("41,65,Too many different base paths\n", Smart.Refusal(rows));
    }

    [Fact]
    public void Placeholders_have_a_bound()
    {
        var body = string.Concat(Enumerable.Repeat("%%", 257));

        Assert.NotNull(Smart.Set($"10,100,POST,/a,text/plain,,%%,,{body[2..]}"));
        Assert.Equal("41,1,Bad request template definition\n", Smart.Refusal($"10,100,POST,/a,text/plain,,%%,,{body}"));
    }
}
