using System.Buffers;
using System.Text;
using Xunit.Abstractions;

namespace Tidings.Protocols.Tests.SmartRest;

/// <summary>What matching a notification leaves to the garbage collector; the bounds are a little above what is needed today.</summary>
public sealed class EvaluationAllocationTests(ITestOutputHelper log)
{
    private const int Rounds = 1_000;

    [Theory]
    [InlineData(2, 64)]
    [InlineData(200, 64)]
    public void A_match_costs_next_to_nothing_whatever_the_number_of_templates(int templates, int most)
    {
        var set = Smart.Set([.. Enumerable.Range(100, templates).Select(id => $"11,{id},,$.c8y_Part{id},$.id,$.text"), "11,99,,$.severity,$.id,$.text"]);
        var alarm = Encoding.UTF8.GetBytes("""{"severity":"MAJOR","id":"327","text":"Back-off, restarting","source":{"id":"208"},"c8y_Part7":{}}""");
        var output = new ArrayBufferWriter<byte>(1024);

        var bytes = PerRound(() =>
        {
            output.ResetWrittenCount();
            set.Evaluate(alarm, 1, output);
        });

        Assert.Equal("99,1,327,\"Back-off, restarting\"\n", Encoding.UTF8.GetString(output.WrittenSpan));
        Assert.InRange(bytes, 0, most);
    }

    private double PerRound(Action action)
    {
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
            action();
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Rounds;
        log.WriteLine($"{bytes:0.0} bytes");
        return bytes;
    }
}
