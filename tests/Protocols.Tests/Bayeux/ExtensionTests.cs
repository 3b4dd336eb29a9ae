using System.Buffers;
using System.Text;
using Tidings.Protocols.Bayeux;

namespace Tidings.Protocols.Tests.Bayeux;

public sealed class ExtensionTests
{
    [Theory]
    [InlineData(new byte[] { }, "")]
    [InlineData(new byte[] { 1, 2, 3, 4, 5 }, "0rJua1P")]
    [InlineData(new byte[] { 0x86, 0x4F, 0xD2, 0x6F, 0xB5, 0x59, 0xF7, 0x5B }, "HelloWorld")]
    public void Z85_has_the_vectors_of_CometD_and_of_its_RFC(byte[] bytes, string text)
    {
        Assert.Equal(text, Z85.Encode(bytes));
        Assert.True(Z85.TryDecode(text, out var decoded));
        Assert.Equal(bytes, decoded);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("0rJua1")]
    [InlineData("0rJu\"")]
    [InlineData("0rJu ")]
    [InlineData("0rJué")]
    [InlineData("#####")]
    [InlineData("##")]
    public void Z85_refuses_text_that_no_bytes_have(string text) => Assert.False(Z85.TryDecode(text, out _));

    [Fact]
    public void Timesync_is_answered_with_the_servers_time_and_the_clients_error()
    {
        Assert.True(TimeSync.TryRead("""{"ack":1,"timesync":{"tc":1000,"l":10,"o":5.7}}"""u8.ToArray(), out var request));
        Assert.Equal(new TimeSyncRequest(1000, 10, 5), request);

        var reply = TimeSync.Answer(request, receivedAt: 1100, repliesAt: 1103);
        Assert.Equal(new TimeSyncReply(1000, 1100, 3, -85), reply);

        var output = new ArrayBufferWriter<byte>();
        TimeSync.Write(output, """{"ack":2}"""u8, reply!.Value);
        Assert.Equal("""{"ack":2,"timesync":{"tc":1000,"ts":1100,"p":3,"a":-85}}""", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Theory]
    [InlineData(10, 24, false)]
    [InlineData(10, -24, false)]
    [InlineData(10, 25, true)]
    [InlineData(10, -25, true)]
    [InlineData(0, 0, true)]
    public void Timesync_is_omitted_when_the_client_knows_the_time(long lag, long error, bool isAnswered)
    {
        var request = new TimeSyncRequest(ClientTime: 1000, lag, Offset: error - lag);

        Assert.Equal(isAnswered, TimeSync.Answer(request, receivedAt: 1000, repliesAt: 1000) is not null);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("""{"timesync":5}""")]
    [InlineData("""{"timesync":{"tc":1,"l":2}}""")]
    [InlineData("""{"timesync":{"tc":"1","l":2,"o":3}}""")]
    [InlineData("""{"timesync":{"tc":1e5,"l":2,"o":3}}""")]
    [InlineData("""{"timesync":{"tc":99999999999999999999,"l":2,"o":3}}""")]
    [InlineData("""{"timesync":{"tc":-99999999999999999999,"l":2,"o":3}}""")]
    public void Timesync_of_another_shape_is_passed_over(string ext) => Assert.False(TimeSync.TryRead(Encoding.UTF8.GetBytes(ext), out _));
}
