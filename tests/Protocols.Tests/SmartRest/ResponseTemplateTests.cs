using Tidings.Protocols.SmartRest;

namespace Tidings.Protocols.Tests.SmartRest;

public sealed class ResponseTemplateTests
{
    [Fact]
    public void Item_22_a_list_yields_a_row_for_each_element_that_meets_the_condition() =>
        Assert.Equal("2,1,\"Hi, you\"\n2,1,Bye\n", Smart.Set("11,2,$.operations,$.c8y_Message,$.c8y_Message.text").Evaluate(
            """{"operations":[{"c8y_Message":{"text":"Hi, you"}},{"c8y_Relay":{}},{"c8y_Message":{"text":"Bye"}}]}"""));

    [Fact]
    public void Item_23_templates_match_in_the_order_of_their_registration()
    {
        var set = Smart.Set("11,402,,,$.id", "11,401,$.list,,$.n", "11,400,,,$.type", "11,399,$.list,,$.n");

        Assert.Equal("402,3,7\n401,3,1\n401,3,2\n400,3,t\n399,3,1\n399,3,2\n", set.Evaluate("""{"list":[{"n":1},{"n":2}],"id":"7","type":"t"}""", line: 3));
    }

    [Theory]
    [InlineData("""{"id":"1"}""", "")]
    [InlineData("""{"id":"1","type":null}""", "100,1,1,\n")]
    [InlineData("""{"id":"1","type":{}}""", "100,1,1,{}\n")]
    public void Item_24_a_missing_value_means_no_row_and_a_null_an_empty_value(string json, string rows) =>
        Assert.Equal(rows, Smart.Set("11,100,,,$.id,$.type").Evaluate(json));

    [Theory]
    [InlineData("{}", true)]
    [InlineData("false", true)]
    [InlineData("0", true)]
    [InlineData("\"\"", true)]
    [InlineData("[]", true)]
    [InlineData("null", false)]
    public void Item_25_a_condition_is_met_by_whatever_is_there(string value, bool met) =>
        Assert.Equal(met ? "100,1,7\n" : "", Smart.Set("11,100,,$.c8y_IsDevice,$.id").Evaluate($$"""{"id":7,"c8y_IsDevice":{{value}}}"""));

    [Theory]
    [InlineData("alarms", "id")]
    [InlineData("$.alarms", "$.id")]
    [InlineData("$.alarms[*]", "$['id']")]
    [InlineData("$['alarms']", "[\"id\"]")]
    public void Item_26_a_path_may_leave_out_its_beginning(string basis, string value) =>
        Assert.Equal("100,1,1\n100,1,2\n", Smart.Set($"11,100,{basis},,{value.Replace("\"", "'", StringComparison.Ordinal)}").Evaluate("""{"alarms":[{"id":1},{"id":2}]}"""));

    [Theory]
    [InlineData("")]
    [InlineData("$")]
    public void Item_26_no_base_is_the_whole_value(string basis)
    {
        var set = Smart.Set($"11,100,{basis},$,$.id");

        Assert.Equal("100,1,1\n", set.Evaluate("""{"id":1}"""));
        Assert.Equal("100,1,1\n100,1,2\n", set.Evaluate(""" [ {"id":1} , {"id":2} ] """));
    }

    [Theory]
    [InlineData("$.a.b", "5\n")]
    [InlineData("$.list[0]", "x\n")]
    [InlineData("$.list[2].z", "true\n")]
    [InlineData("$.list[3]", null)]
    [InlineData("$.a.c", null)]
    [InlineData("$.a[0]", null)]
    [InlineData("$.list.a", null)]
    [InlineData("$['é 😀']", "e\n")]
    [InlineData("$", "\"{\"\"a\"\":{\"\"b\"\":5},\"\"list\"\":[\"\"x\"\",\"\"y\"\",{\"\"z\"\":true}],\"\"é 😀\"\":\"\"e\"\"}\"\n")]
    public void A_path_leads_to_its_value(string path, string? value) => Assert.Equal(
        value is null ? "" : $"100,1,{value}",
        Smart.Set($"11,100,,,{path}").Evaluate("""{"a": {"b": 5}, "list": ["x", "y", {"z": true}], "é 😀": "e"}"""));

    [Theory]
    [InlineData("1.0", "1.0")]
    [InlineData("-1.50E+4", "-1.50E+4")]
    [InlineData("true", "true")]
    [InlineData("false", "false")]
    [InlineData("\"a,b\"", "\"a,b\"")]
    [InlineData("\"it\\u0027s \\u00e9\\ud83d\\ude00\"", "it's é😀")]
    [InlineData("\"a \\\"q\\\"\\n\"", "\"a \"\"q\"\"\n\"")]
    [InlineData("\" a\"", "\" a\"")]
    [InlineData("\"half \\ud800!\"", "half \\ud800!")]
    [InlineData("{ \"a\" : [ 1 , \" , \\\" \" ] }", "\"{\"\"a\"\":[1,\"\" , \\\"\" \"\"]}\"")]
    public void Item_27_a_value_is_written_by_its_kind(string json, string value) =>
        Assert.Equal($"100,1,{value}\n", Smart.Set("11,100,,,$.v").Evaluate($$"""{"v":{{json}}}"""));

    [Fact]
    public void A_name_may_be_escaped_in_the_notification() =>
        Assert.Equal("100,1,5\n", Smart.Set("11,100,,,$.naïve.b").Evaluate("""{"\ud800":0,"na\u00efve":{"\u0062":5}}"""));

    [Fact]
    public void A_name_that_occurs_twice_counts_as_its_last_value() =>
        Assert.Equal("101,1,2\n", Smart.Set("11,100,,,$.a.b", "11,101,,,$.a.c").Evaluate("""{"a":{"b":1,"c":1},"a":{"c":2}}"""));

    [Theory]
    [InlineData("\"208\"")]
    [InlineData("5")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("[1,\"2\",null]")]
    public void Item_60_what_is_no_object_matches_nothing(string json) =>
        Assert.Equal("", Smart.Set("11,100,,,$.id", "11,101,$.a,,$.id").Evaluate(json));

    [Theory]
    [InlineData("""{"realtimeAction":"UPDATE","data":{"severity":"MAJOR"}}""", "100,1,MAJOR\n")]
    [InlineData("""{"data":{"severity":"MAJOR"},"realtimeAction":"CREATE"}""", "100,1,MAJOR\n")]
    [InlineData("""{"severity":"MINOR","data":{"severity":"MAJOR"}}""", "100,1,MINOR\n")]
    [InlineData("""{"severity":"MINOR","realtimeAction":"UPDATE"}""", "100,1,MINOR\n")]
    [InlineData("""{"realtimeAction":"DELETE","data":"208"}""", "")]
    public void Item_60_templates_see_the_entity(string notification, string rows)
    {
        var entity = RealtimeEntity.Of(System.Text.Encoding.UTF8.GetBytes(notification));

        Assert.Equal(rows, Smart.Set("11,100,,,$.severity").Evaluate(System.Text.Encoding.UTF8.GetString(entity.Span)));
    }

    [Fact]
    public void Item_44_live_rows_have_a_line_number_and_documented_ones_have_none()
    {
        var set = Smart.Set("11,502,,$.c8y_Restart,$.id,$.deviceId");
        const string Operation = """{"id":"3712321","deviceId":"183713498","c8y_Restart":{}}""";

        Assert.Equal("502,1,3712321,183713498\n", set.Evaluate(Operation));
        Assert.Equal("502,3712321,183713498\n", set.Evaluate(Operation, line: null));
    }

    [Fact]
    public void Item_47_what_matches_no_template_yields_nothing() =>
        Assert.Equal(new EvaluationResult(0, EvaluationStatus.Complete), Smart.Set("11,100,,$.x,$.id").TryEvaluate("""{"id":1}""").Result);

    [Fact]
    public void A_set_without_response_templates_yields_nothing() =>
        Assert.Equal("", Smart.Set("10,100,GET,/a").Evaluate("""{"id":1}"""));

    [Fact]
    public void Item_21_an_answer_with_an_empty_body_yields_no_row()
    {
        var (rows, result) = Smart.Set("11,100,,,$.id", "11,101,$,,$.id").TryEvaluate("");

        Assert.Equal("", rows);
        Assert.Equal(0, result.Rows);
    }
}
