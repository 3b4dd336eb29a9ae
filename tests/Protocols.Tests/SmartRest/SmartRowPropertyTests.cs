using System.Text;
using CsvHelper;
using FsCheck;
using FsCheck.Fluent;
using Tidings.Protocols.SmartRest;

namespace Tidings.Protocols.Tests.SmartRest;

public sealed class SmartRowPropertyTests
{
    private static readonly Config Config = Config.QuickThrowOnFailure.WithMaxTest(1000);

    private static readonly Gen<string> Value =
        Gen.Elements("a", "Z9", " ", "  ", "\t", "\"", "\"\"", ",", "\n", "\r\n", "\r", "'", "\\", "é", "😀", "\v", "\0").ListOf().Select(string.Concat);

    // A row of one empty value is a blank line, and no row: rows begin with an identifier.
    private static readonly Gen<string[]> Row = Value.ListOf().Select(values => (string[])["100", .. values]);

    [Fact]
    public void Any_rows_that_are_written_are_read_back() => Check(Row.ListOf(), rows =>
    {
        var read = Smart.Rows(Written(rows));
        return read.Select(row => row.Line).SequenceEqual(Enumerable.Range(1, rows.Count))
            && read.Zip(rows).All(pair => pair.First.Fields.SequenceEqual(pair.Second));
    });

    [Fact]
    public void Any_rows_that_are_written_are_read_the_same_by_another_reader() => Check(Row.ListOf(), rows =>
        ReadByOther(Written(rows)).Zip(rows).All(pair => pair.First.SequenceEqual(pair.Second)) && ReadByOther(Written(rows)).Count == rows.Count);

    [Fact]
    public void Any_rows_around_a_broken_one_are_read() => Check(Row.Zip(Row), rows =>
    {
        var read = Smart.Rows(Written([rows.Item1]) + "7,\"a\"b\n" + Written([rows.Item2]));
        return read is [var first, { Fault: SmartRowFault.BrokenQuote, Line: 2 }, { Line: 3 } last]
            && first.Fields.SequenceEqual(rows.Item1) && last.Fields.SequenceEqual(rows.Item2);
    });

    [Fact]
    public void Any_bytes_are_read_to_the_end() => Check(Bytes, body => IsRead(body));

    [Fact]
    public void Any_bytes_give_commands() => Check(Bytes, body =>
        RealtimeReader.Read(body, Smart.Limits).All(command => command.Line > 0)
        && SmartBodyReader.Read(body, null, Smart.Limits) is not null);

    [Fact]
    public void A_body_of_quotes_is_read_in_one_go()
    {
        // Were each broken quote looked for again and again, this would take the square of its size.
        foreach (var line in new[] { "\"\n", "a,\"\"\n", "\"\"\"\"x\n", "\"a\"\"\n", ",\"\"\"\n" })
        {
            var body = string.Concat(Enumerable.Repeat(line, 1 << 17));
            var rows = Smart.Rows(body, Smart.Limits with { MaxRows = int.MaxValue });
            Assert.InRange(rows.Count, 1, body.Length);
        }
    }

    private static readonly Gen<byte[]> Bytes = Gen.OneOf(
        ArbMap.Default.GeneratorFor<byte[]>(),
        Gen.Elements("80", "81", "83", "10", "11", "15", "61", ",", ",,", "\n", "\r\n", "\"", "\"\"", " ", "$", "[0]", "é", "GET", "%%")
            .ListOf().Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts))));

    private static bool IsRead(byte[] body)
    {
        var rows = SmartRowReader.Read(body, Smart.Limits);
        return rows.All(row => row.Fields.Count > 0 == (row.Fault == SmartRowFault.None));
    }

    private static string Written(IEnumerable<string[]> rows) => Smart.Written(output =>
    {
        foreach (var row in rows)
            SmartRowWriter.WriteRow(output, row);
    });

    private static List<string[]> ReadByOther(string body)
    {
        var options = new CsvReaderOptions { Separator = ',', HasHeader = false, TrimWhitespace = true };
        using var reader = CsvReader.Create(Encoding.UTF8.GetBytes(body), options);
        var rows = new List<string[]>();
        while (reader.Read())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)]);
        return rows;
    }

    private static void Check<T>(Gen<T> generator, Func<T, bool> property) => Prop.ForAll(generator.ToArbitrary(), property).Check(Config);
}
