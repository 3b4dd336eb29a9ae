using FsCheck;
using FsCheck.Fluent;
using Tidings.Protocols.Smc;

namespace Tidings.Protocols.Tests.Smc;

public sealed class SmcRequestReaderTests
{
    [Theory]
    [InlineData("""{"context":"*"}""", "*", "")]
    [InlineData("""{"context":""}""", "", "")]
    [InlineData("""{"context":"host"}""", "host", "host")]
    [InlineData("""{"context":"host, router"}""", "host, router", "host|router")]
    [InlineData("""{"context":"host,router"}""", "host,router", "host|router")]
    [InlineData("""{"context":"host , host,router"}""", "host , host,router", "host|router")]
    [InlineData("""{"context":"host","more":1}""", "host", "host")]
    public void A_context_names_all_elements_or_a_list_of_types(string frame, string context, string names)
    {
        var request = Read(frame);
        Assert.Equal(SmcRequestKind.Subscribe, request.Kind);
        Assert.Equal(context, request.Context);
        Assert.Equal(names, string.Join('|', request.Names));
    }

    [Theory]
    [InlineData("", SmcFailures.InvalidJson)]
    [InlineData("hello", SmcFailures.InvalidJson)]
    [InlineData("""{"context":"ho""", SmcFailures.InvalidJson)]
    [InlineData("""{"context":"host"}{}""", SmcFailures.InvalidJson)]
    [InlineData("""{"context":"host","context":"router"}""", SmcFailures.InvalidJson)]
    [InlineData("[]", SmcFailures.UnsupportedRequest)]
    [InlineData("null", SmcFailures.UnsupportedRequest)]
    [InlineData("{}", SmcFailures.UnsupportedRequest)]
    [InlineData("""{"abort":1}""", SmcFailures.UnsupportedRequest)]
    [InlineData("""{"element":"http://h/7.2/elements/host/1"}""", SmcFailures.UnsupportedRequest)]
    [InlineData("""{"context":5}""", SmcFailures.UnsupportedRequest)]
    [InlineData("""{"context":null}""", SmcFailures.UnsupportedRequest)]
    [InlineData("""{"context":"\ud800"}""", SmcFailures.UnsupportedRequest)]
    [InlineData("""{"context":"host","unsubscribe":0}""", SmcFailures.UnsupportedRequest)]
    [InlineData("""{"unsubscribe":"0"}""", SmcFailures.UnsupportedRequest)]
    [InlineData("""{"unsubscribe":0.5}""", "Unknown subscription: 0.5")]
    [InlineData("""{"unsubscribe":99999999999}""", "Unknown subscription: 99999999999")]
    [InlineData("""{"context":"host,,router"}""", "Unknown context: ")]
    [InlineData("""{"context":"../host"}""", "Unknown context: ../host")]
    [InlineData("""{"context":"host/1"}""", "Unknown context: host/1")]
    [InlineData("""{"context":"host, *"}""", "Unknown context: *")]
    public void What_cannot_be_read_is_a_failure_with_its_reason(string frame, string failure)
    {
        var request = Read(frame);
        Assert.Equal(SmcRequestKind.Invalid, request.Kind);
        Assert.Equal(failure, request.Failure);
    }

    [Fact]
    public void A_frame_that_is_not_UTF_8_is_a_failure() =>
        Assert.Equal(SmcFailures.InvalidJson, SmcRequestReader.Read(new byte[] { 0x22, 0xC3, 0x28, 0x22 }, SmcReaderLimits.Default).Failure);

    [Fact]
    public void Nesting_is_bounded() => Assert.Equal(SmcFailures.InvalidJson, Read(new string('[', 10_000)).Failure);

    [Fact]
    public void A_context_has_a_bound_of_names()
    {
        var limits = new SmcReaderLimits { MaxNames = 3 };
        Assert.Equal(SmcRequestKind.Subscribe, SmcRequestReader.Read(Text.Bytes("""{"context":"a,b,c"}"""), limits).Kind);
        Assert.Equal(SmcFailures.ContextTooLong, SmcRequestReader.Read(Text.Bytes("""{"context":"a,b,c,d"}"""), limits).Failure);
    }

    [Fact]
    public void A_reason_quotes_no_more_than_it_needs() =>
        Assert.True(Read($$"""{"context":"{{new string('x', 5000)}}"}""").Failure.Length < 100);

    [Fact]
    public void Any_bytes_are_a_request_or_a_failure() => Check.QuickThrowOnFailure(Prop.ForAll<byte[]>(bytes =>
    {
        var request = SmcRequestReader.Read(bytes ?? [], SmcReaderLimits.Default);
        return request.Kind == SmcRequestKind.Invalid == (request.Failure.Length > 0);
    }));

    [Fact]
    public void A_request_with_any_byte_changed_is_a_request_or_a_failure() => Check.QuickThrowOnFailure(Prop.ForAll<byte, ushort>((value, place) =>
    {
        var bytes = Text.Bytes("""{"context":"host, \u0072outer","x":[1,{"y":"\ud83d\ude00"}]}""");
        bytes[place % bytes.Length] = value;
        var request = SmcRequestReader.Read(bytes, SmcReaderLimits.Default);
        return request.Kind == SmcRequestKind.Invalid == (request.Failure.Length > 0);
    }));

    private static SmcRequest Read(string frame) => SmcRequestReader.Read(Text.Bytes(frame), SmcReaderLimits.Default);
}
