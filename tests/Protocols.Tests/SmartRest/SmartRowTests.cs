using System.Text;
using Tidings.Protocols.SmartRest;

namespace Tidings.Protocols.Tests.SmartRest;

public sealed class SmartRowTests
{
    [Theory]
    [InlineData("100,a,b", new[] { "100", "a", "b" })]
    [InlineData("100,a,b\n", new[] { "100", "a", "b" })]
    [InlineData("100,a,b\r\n", new[] { "100", "a", "b" })]
    [InlineData("100,,\n", new[] { "100", "", "" })]
    [InlineData("\uFEFF100", new[] { "100" })]
    [InlineData("100,'a','b,c'", new[] { "100", "'a'", "'b", "c'" })]
    [InlineData("100,5\" pipe", new[] { "100", "5\" pipe" })]
    [InlineData("100,\"\"", new[] { "100", "" })]
    [InlineData("100,é😀", new[] { "100", "é😀" })]
    public void A_row_is_split_at_its_commas(string body, string[] expected) => Assert.Equal(expected, Assert.Single(Smart.Rows(body)).Fields);

    [Fact]
    public void Item_13_bare_values_are_trimmed_and_quoted_ones_kept() =>
        Assert.Equal(["11", "102", "$", "  $.id\t", "x"], Assert.Single(Smart.Rows(" 11 , 102,\t$ , \"  $.id\t\" ,x \r\n")).Fields);

    [Fact]
    public void Item_14_quotes_are_doubled_in_both_directions()
    {
        const string Value = "a \"q\", b";

        Assert.Equal(["1", Value], Assert.Single(Smart.Rows("1,\"a \"\"q\"\", b\"")).Fields);
        Assert.Equal("1,\"a \"\"q\"\", b\"\n", Smart.Written(output => SmartRowWriter.WriteRow(output, "1", Value)));
    }

    [Fact]
    public void Item_15_a_quoted_value_with_line_ends_is_part_of_one_row()
    {
        var rows = Smart.Rows("1,\"a\nb\r\nc\"\n2,d\n");

        Assert.Equal([(1, "a\nb\r\nc"), (2, "d")], rows.Select(row => (row.Line, row.Fields[1])));
    }

    [Fact]
    public void Blank_lines_are_no_rows() =>
        Assert.Equal([(1, "1"), (2, "2")], Smart.Rows("\n\r\n1\n \t\n\n2\n\n  ").Select(row => (row.Line, row.Id)));

    [Theory]
    [InlineData("1\n2,\"open\n3,\"x\",y\n4\n")]
    [InlineData("1\n2,\"shut\"x\n3\n4")]
    [InlineData("1\n2,\"shut\" x,\"y\n3\n4")]
    [InlineData("1\n2,\"\"\"\n3\n4")]
    public void A_broken_quote_costs_its_own_row_only(string body)
    {
        var rows = Smart.Rows(body);

        Assert.Equal(["1", "", "3", "4"], rows.Select(row => row.Id));
        Assert.Equal([1, 2, 3, 4], rows.Select(row => row.Line));
        Assert.Equal(SmartRowFault.BrokenQuote, rows[1].Fault);
    }

    [Fact]
    public void A_row_that_is_not_UTF_8_costs_itself_only()
    {
        byte[] body = [.. "1,"u8, 0xC3, 0x28, .. "\n2"u8];

        var rows = SmartRowReader.Read(body, Smart.Limits);

        Assert.Equal([SmartRowFault.NotUtf8, SmartRowFault.None], rows.Select(row => row.Fault));
        Assert.Equal("2", rows[1].Id);
    }

    [Fact]
    public void Rows_have_bounds()
    {
        var limits = new SmartRestLimits { MaxRows = 3, MaxRowBytes = 10, MaxFields = 3 };

        var rows = Smart.Rows("1,2,3,4\n1,234567890\n12,4567,90\n4\n5\n6", limits);

        Assert.Equal(
            [SmartRowFault.TooManyFields, SmartRowFault.TooLong, SmartRowFault.None, SmartRowFault.TooManyRows], rows.Select(row => row.Fault));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("a b", "a b")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData(" a", "\" a\"")]
    [InlineData("a ", "\"a \"")]
    [InlineData("a\nb", "\"a\nb\"")]
    [InlineData("a\rb", "\"a\rb\"")]
    [InlineData("a\tb", "\"a\tb\"")]
    [InlineData("it's", "it's")]
    public void Item_27_values_are_quoted_when_they_have_to_be(string value, string expected) =>
        Assert.Equal(expected, Smart.Written(output => SmartRowWriter.WriteField(output, value)));

    [Theory]
    [InlineData(SmartRowFault.BrokenQuote, "42,7,Malformed Request\n")]
    [InlineData(SmartRowFault.NotUtf8, "42,7,Malformed Request\n")]
    [InlineData(SmartRowFault.TooLong, "42,7,Row is too long\n")]
    [InlineData(SmartRowFault.TooManyFields, "42,7,Row has too many values\n")]
    [InlineData(SmartRowFault.TooManyRows, "42,7,Too many rows\n")]
    public void Every_fault_has_its_row(SmartRowFault fault, string row) => Assert.Equal(row, SmartErrors.Of(7, fault).Text());

    [Fact]
    public void Errors_write_themselves_as_rows()
    {
        Assert.Equal("40,\"No template for this X-ID.\"\n", SmartErrors.NoTemplate.Text());
        Assert.Equal("41,,Cannot create templates for already existing template object\n", SmartErrors.AlreadyExists.Text());
        Assert.Equal("43,1,Invalid message identifier\n", SmartErrors.InvalidIdentifier(1).Text());
        Assert.Equal("45,3,Wrong number of arguments\n", SmartErrors.WrongCount(3).Text());
        Assert.Equal("45,3,\"Value is not a DATE: a,b\"\n", SmartErrors.WrongType(3, "DATE", "a,b").Text());
        Assert.Equal("50,1,404\n", SmartErrors.Status(1, 404).Text());
    }

    [Fact]
    public void An_error_shows_a_long_value_shortened_at_a_whole_character()
    {
        var text = SmartErrors.WrongType(1, "DATE", string.Concat(Enumerable.Repeat("x😀", 100))).Text();

        Assert.InRange(Encoding.UTF8.GetByteCount(text), 64, 256);
        Assert.DoesNotContain('\uFFFD', text);
    }
}
