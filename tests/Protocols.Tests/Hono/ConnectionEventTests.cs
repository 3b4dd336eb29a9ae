using FsCheck;
using FsCheck.Fluent;
using Tidings.Protocols.Hono;

namespace Tidings.Protocols.Tests.Hono;

public sealed class ConnectionEventTests
{
    private const string Example = """{"cause":"connected","remote-id":"mqtt-client-id-1","source":"hono-mqtt","data":{"foo":"bar"}}""";

    [Fact]
    public void The_documentations_example_is_written_byte_for_byte_with_its_tables_cause() =>
        Assert.Equal(Example, Text.Written(Read(Example)!.Write));

    [Theory]
    [InlineData("connected", ConnectionCause.Connected)]
    [InlineData("connect", ConnectionCause.Connected)]
    [InlineData("disconnected", ConnectionCause.Disconnected)]
    [InlineData("disconnect", ConnectionCause.Disconnected)]
    public void The_old_examples_cause_is_read_and_the_tables_is_written(string cause, ConnectionCause expected)
    {
        var happened = Read(Example.Replace("connected", cause, StringComparison.Ordinal))!;
        Assert.Equal(expected, happened.Cause);
        Assert.Contains($"\"cause\":\"{(expected == ConnectionCause.Connected ? "" : "dis")}connected\"", Text.Written(happened.Write));
    }

    [Fact]
    public void Without_data_there_is_no_member_for_it() => Assert.Equal(
        """{"cause":"disconnected","remote-id":"r","source":"s"}""",
        Text.Written(new ConnectionEvent { Cause = ConnectionCause.Disconnected, RemoteId = "r", Source = "s" }.Write));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"cause":"other","remote-id":"r","source":"s"}""")]
    [InlineData("""{"cause":"connected","source":"s"}""")]
    [InlineData("""{"cause":"connected","remote-id":"r"}""")]
    [InlineData("""{"cause":"connected","remote-id":5,"source":"s"}""")]
    [InlineData("""{"cause":"connected","remote-id":"r","source":"s",}""")]
    public void What_lacks_a_mandatory_member_is_no_event(string json) => Assert.Null(Read(json));

    [Fact]
    public void Members_that_are_not_known_are_passed_over() =>
        Assert.NotNull(Read("""{"cause":"connected","remote-id":"r","source":"s","orig":1,"data":5}"""));

    [Fact]
    public void An_event_without_remote_id_or_source_or_with_other_data_is_not_written()
    {
        var good = Read(Example)!;
        Assert.ThrowsAny<ArgumentException>(() => Text.Written((good with { RemoteId = "" }).Write));
        Assert.ThrowsAny<ArgumentException>(() => Text.Written((good with { Source = "" }).Write));
        Assert.ThrowsAny<ArgumentException>(() => Text.Written((good with { Data = "[1]"u8.ToArray() }).Write));
    }

    [Fact]
    public void Any_texts_are_read_as_they_were_written() => Check.QuickThrowOnFailure(Prop.ForAll<NonEmptyString, NonEmptyString>((remote, source) =>
    {
        var happened = new ConnectionEvent { Cause = ConnectionCause.Connected, RemoteId = Whole(remote), Source = Whole(source) };
        return Read(Text.Written(happened.Write)) == happened;
    }));

    // Half a surrogate pair has no UTF-8 form.
    private static string Whole(NonEmptyString text) => string.Concat(text.Get.EnumerateRunes());

    private static ConnectionEvent? Read(string json) => ConnectionEvent.Read(Text.Bytes(json));
}
