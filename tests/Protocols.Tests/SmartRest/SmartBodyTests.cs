using Tidings.Protocols.SmartRest;

namespace Tidings.Protocols.Tests.SmartRest;

public sealed class SmartBodyTests
{
    private const string Get = "10,100,GET,/a/%%,,,%%,UNSIGNED,";
    private const string Row = "11,101,,$.id,$.id";

    [Theory]
    [InlineData("")]
    [InlineData("\r\n \n")]
    public void Items_1_and_2_an_empty_body_asks_for_the_headers_X_Id(string body) =>
        Assert.Equal(["mytemplate"], Assert.IsType<TemplateCheck>(Smart.Body(body)).XIds);

    [Fact]
    public void Item_9_rows_15_alone_ask_for_theirs() =>
        Assert.Equal(["a", "b", "c"], Assert.IsType<TemplateCheck>(Smart.Body("15,a\n15,b\r\n15,c,", xid: null)).XIds);

    [Fact]
    public void Item_4_valid_templates_make_a_set()
    {
        var set = Assert.Single(Assert.IsType<TemplateRegistration>(Smart.Body($"{Get}\r\n{Row}\r\n")).Sets);

        Assert.Equal("mytemplate", set.XId);
        Assert.Equal((1, 1), (set.Set!.RequestCount, set.Set.ResponseCount));
    }

    [Fact]
    public void Item_5_two_templates_of_one_identifier_make_none() =>
        Assert.Equal("41,2,Duplicate message identifiers\n", Refused($"{Row}\n{Row}"));

    [Fact]
    public void Item_5_requests_and_responses_share_their_identifiers() =>
        Assert.Equal("41,2,Duplicate message identifiers\n", Refused($"{Get}\n11,100,,$.id,$.id"));

    [Fact]
    public void Item_6_a_call_among_templates_makes_no_set() =>
        Assert.Equal("41,2,Not a valid message identifier for template creation\n", Refused($"{Row}\n100,x\n{Get}"));

    [Fact]
    public void Item_10_rows_15_separate_sets_and_one_that_is_wrong_costs_itself_only()
    {
        var sets = Assert.IsType<TemplateRegistration>(Smart.Body($"15,a\n{Row}\n15,b\n{Get}\n{Get}\n15,c\n{Get}", xid: null)).Sets;

        Assert.Equal(["a", "b", "c"], sets.Select(set => set.XId));
        Assert.Equal([true, false, true], sets.Select(set => set.Set is not null));
        Assert.Equal("41,5,Duplicate message identifiers\n", Assert.Single(sets[1].Errors).Text());
    }

    [Fact]
    public void An_X_Id_that_nothing_would_find_makes_no_set()
    {
        var set = Assert.Single(Assert.IsType<TemplateRegistration>(Smart.Body(Row, new string('x', 257))).Sets);

        Assert.Null(set.Set);
        Assert.Equal("41,,X-ID is too long\n", Assert.Single(set.Errors).Text());
        Assert.NotNull(Assert.Single(Assert.IsType<TemplateRegistration>(Smart.Body(Row, new string('x', 256))).Sets).Set);
    }

    [Fact]
    public void Every_X_Id_beyond_the_bound_is_told_so()
    {
        var check = Assert.IsType<TemplateCheck>(Smart.Body(string.Concat(Enumerable.Range(1, 34).Select(static i => $"15,x{i}\n")), xid: null));
        Assert.Equal(32, check.XIds.Count);
        Assert.Equal(["42,33,Too many X-IDs\n", "42,34,Too many X-IDs\n"], check.Errors.Select(static error => error.Text()));

        var sets = Assert.IsType<TemplateRegistration>(Smart.Body(string.Concat(Enumerable.Range(1, 33).Select(static i => $"15,x{i}\n{Row}\n")), xid: null)).Sets;
        Assert.Equal(32, sets.Count(static set => set.Set is not null));
        Assert.Equal("41,66,Too many X-IDs\n", Assert.Single(sets[^1].Errors).Text());
    }

    [Fact]
    public void Item_28_rows_15_change_the_X_Id_of_the_calls_after_them()
    {
        var batch = Assert.IsType<RequestBatch>(Smart.Body("100,1\n15,a\n100,2\n15,b\n100,3"));

        Assert.Equal([(1, "mytemplate"), (3, "a"), (5, "b")], batch.Rows.Select(row => (row.Line, row.XId!)));
        Assert.True(batch.NamesSeveral);
        Assert.False(Assert.IsType<RequestBatch>(Smart.Body("15,a\n100,2\n100,3", xid: null)).NamesSeveral);
    }

    [Fact]
    public void Item_29_a_device_asks_for_its_credentials_under_several_names() =>
        Assert.Equal(
            [new BootstrapCall(1, null, "serial"), new BootstrapCall(2, null, "imei")],
            Assert.IsType<RequestBatch>(Smart.Body("61,serial\n61,imei", xid: null)).Rows);

    [Theory]
    [InlineData("80", "43,2,Invalid message identifier\n")]
    [InlineData("86,1,2,retry", "43,2,Invalid message identifier\n")]
    [InlineData("abc,1", "43,2,Invalid message identifier\n")]
    [InlineData("\"\",1", "43,2,Invalid message identifier\n")]
    [InlineData("-100", "43,2,Invalid message identifier\n")]
    [InlineData("61", "45,2,Wrong number of arguments\n")]
    [InlineData("15", "45,2,Wrong number of arguments\n")]
    [InlineData("15,a,b", "45,2,Wrong number of arguments\n")]
    [InlineData("100,\"a\"b", "42,2,Malformed Request\n")]
    public void Items_16_and_19_a_bad_row_is_answered_by_a_row_and_the_others_run(string bad, string row)
    {
        var rows = Assert.IsType<RequestBatch>(Smart.Body($"100,1\n{bad}\n100,3")).Rows;

        Assert.Equal(row, Assert.IsType<RefusedRow>(rows[1]).Error.Text());
        Assert.Equal(["1", "3"], rows.OfType<TemplateCall>().Select(call => Assert.Single(call.Arguments)));
    }

    [Fact]
    public void A_set_can_be_compiled_again_from_its_source()
    {
        var set = Smart.Set("10,100,POST,/a, text/plain ,,%%,STRING,\"a, \"\"%%\"\"\n\"", " 11 , 101,,,$.id ");

        var again = TemplateSet.Compile(set.Source.Span, Smart.Limits, out var errors);

        Assert.Empty(errors);
        Assert.Equal(set.Source.ToArray(), again!.Source.ToArray());
        Assert.Equal((1, 1), (again.RequestCount, again.ResponseCount));
    }

    [Fact]
    public void Ten_thousand_templates_are_refused_in_a_few_rows()
    {
        var rows = string.Join('\n', Enumerable.Range(1000, 10_000).Select(id => $"11,{id},,$.a{id},$.id"));

        Assert.Equal("42,1001,Too many rows\n", Refused(rows));
        Assert.StartsWith("41,4,Too many templates\n", Smart.Refusal(Smart.Limits with { MaxTemplates = 3 }, rows.Split('\n')[..4]), StringComparison.Ordinal);
    }

    private static string Refused(string body)
    {
        var set = Assert.Single(Assert.IsType<TemplateRegistration>(Smart.Body(body)).Sets);
        Assert.Null(set.Set);
        return string.Concat(set.Errors.Select(Smart.Text));
    }
}
