using Tidings.Gateway.Hosting;

namespace Tidings.Gateway.Tests.Hosting;

/// <summary>Pongs found among frames, however they are cut.</summary>
public sealed class FrameHeadsTests
{
    private static readonly byte[] Pong = [0x8A, 0x80, 1, 2, 3, 4];

    [Theory]
    [InlineData(0)]
    [InlineData(10)] // holds 0x8A where a head is not
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public void A_pong_is_found_behind_a_frame_of_any_length_and_not_within_it(int length)
    {
        byte[] frame = [.. Head(0x81, length), .. Enumerable.Repeat((byte)0x8A, length)];

        Assert.False(new FrameHeads().HasPong([.. frame, .. frame]));
        Assert.True(new FrameHeads().HasPong([.. frame, .. Pong]));
        Assert.True(new FrameHeads().HasPong([.. Pong, .. frame]));
    }

    [Fact]
    public void Frames_may_come_byte_by_byte()
    {
        var heads = new FrameHeads();
        byte[] bytes = [.. Head(0x82, 300), .. new byte[300], .. Pong, .. Head(0x89, 0)];

        Assert.Equal(1, bytes.Count(each => heads.HasPong([each])));
    }

    private static byte[] Head(byte first, int length) => length switch
    {
        < 126 => [first, (byte)(0x80 | length), 1, 2, 3, 4],
        <= ushort.MaxValue => [first, 0xFE, (byte)(length >> 8), (byte)length, 1, 2, 3, 4],
        _ => [first, 0xFF, 0, 0, 0, 0, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length, 1, 2, 3, 4],
    };
}
