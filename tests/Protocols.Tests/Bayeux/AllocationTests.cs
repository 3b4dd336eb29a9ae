using System.Buffers;
using Tidings.Protocols.Bayeux;
using Xunit.Abstractions;

namespace Tidings.Protocols.Tests.Bayeux;

/// <summary>What the hot path leaves to the garbage collector; the bounds are a little above what is needed today.</summary>
public sealed class AllocationTests(ITestOutputHelper log)
{
    private const int Rounds = 1_000;

    [Fact]
    public void A_publish_costs_its_message_channel_and_clientId()
    {
        byte[] publish =
            """[{"id":"16","channel":"/chat/room/1","clientId":"a0123456789012345678901234567","data":{"x":1},"ext":{"q":1},"foo":"bar"}]"""u8.ToArray();

        Assert.InRange(PerRound("publish", () => BayeuxReader.Read(publish, BayeuxReaderLimits.Default)), 0, 440);
    }

    [Fact]
    public void Another_publish_of_a_batch_on_the_same_channel_costs_its_message()
    {
        const string Publish = """{"id":"16","channel":"/chat/room/1","clientId":"a0123456789012345678901234567","data":{"x":1}}""";
        var batch = System.Text.Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat(Publish, 100))}]");

        Assert.InRange(PerRound("batch of 100", () => BayeuxReader.Read(batch, BayeuxReaderLimits.Default)) / 100, 0, 240);
    }

    [Fact]
    public void A_delivery_costs_nothing()
    {
        var output = new ArrayBufferWriter<byte>(1024);

        var bytes = PerRound("delivery", () =>
        {
            output.ResetWrittenCount();
            BayeuxWriter.WriteDelivery(output, "/chat/room/1", "{\"x\":1}"u8, "{\"q\":1}"u8, "\"foo\":\"bar\""u8);
        });

        Assert.InRange(bytes, 0, 1);
    }

    private double PerRound(string what, Action action)
    {
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
            action();
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Rounds;
        log.WriteLine($"{what}: {bytes:0.0} bytes");
        return bytes;
    }
}
