using Tidings.Protocols.SmartRest;

namespace Tidings.Protocols.Tests.SmartRest;

public sealed class RealtimeWriterTests
{
    [Theory]
    [InlineData(RealtimeFormat.Documented, 5400000L, 0L, ReconnectPolicy.Retry, "86,5400000,0,retry\n")]
    [InlineData(RealtimeFormat.Documented, null, 10000L, ReconnectPolicy.Retry, "86,,10000,retry\n")]
    [InlineData(RealtimeFormat.Documented, null, null, ReconnectPolicy.Handshake, "86,,,handshake\n")]
    [InlineData(RealtimeFormat.Documented, 1L, 2L, ReconnectPolicy.Unsaid, "86,1,2,\n")]
    [InlineData(RealtimeFormat.Live, 5400000L, 0L, ReconnectPolicy.Retry, "86,,5400000,0,retry\n")]
    [InlineData(RealtimeFormat.Live, null, 10000L, ReconnectPolicy.Retry, "86,,,10000,retry\n")]
    [InlineData(RealtimeFormat.Live, null, null, ReconnectPolicy.None, "86,,,,none\n")]
    public void Item_59_advice_is_written_in_both_formats(RealtimeFormat format, long? timeout, long? interval, ReconnectPolicy policy, string row) =>
        Assert.Equal(row, Smart.Written(output => RealtimeWriter.WriteAdvice(output, new RealtimeAdvice(timeout, interval, policy), format)));

    [Theory]
    [InlineData(RealtimeFormat.Live, 4)]
    [InlineData(RealtimeFormat.Documented, 3)]
    public void Item_41_an_unknown_session_is_told_to_begin_anew(RealtimeFormat format, int place)
    {
        var row = Smart.Written(output => RealtimeWriter.WriteAdvice(output, RealtimeAdvice.Handshake, format));

        Assert.Equal("handshake", Assert.Single(Smart.Rows(row)).Fields[place]);
    }

    [Fact]
    public void Advice_needs_a_format_that_is_resolved() =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Smart.Written(output => RealtimeWriter.WriteAdvice(output, RealtimeAdvice.Handshake, RealtimeFormat.Auto)));

    [Theory]
    [InlineData(RealtimeFormat.Auto, false, RealtimeFormat.Documented)]
    [InlineData(RealtimeFormat.Auto, true, RealtimeFormat.Live)]
    [InlineData(RealtimeFormat.Documented, true, RealtimeFormat.Documented)]
    [InlineData(RealtimeFormat.Live, false, RealtimeFormat.Live)]
    public void A_reliable_session_is_taken_for_a_deployed_client(RealtimeFormat format, bool reliable, RealtimeFormat expected) =>
        Assert.Equal(expected, format.Resolve(reliable));

    [Fact]
    public void Items_32_and_33_a_handshake_is_answered_by_one_row_of_one_value() =>
        Assert.Equal(["un1q"], Assert.Single(Smart.Rows(Smart.Written(output => RealtimeWriter.WriteClientId(output, "un1q")))).Fields);

    [Fact]
    public void Item_53_a_batch_has_a_number_and_no_line() =>
        Assert.Equal("88,7\n", Smart.Written(output => RealtimeWriter.WriteBatch(output, 7)));

    [Fact]
    public void Item_28_a_group_names_its_X_Id_as_it_was_written() =>
        Assert.Equal("87,2,\"my, template\"\n", Smart.Written(output => RealtimeWriter.WriteGroup(output, 2, "my, template")));
}
