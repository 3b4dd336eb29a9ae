namespace Tidings.ChaosTests.Clients;

/// <summary>How long clients wait between attempts: not at all after the first failure, then from 100 ms doubling to 1 s.</summary>
static class Backoff
{
    public static Task AfterAsync(int failures, CancellationToken stop) =>
        failures <= 1 ? Task.CompletedTask : Task.Delay(TimeSpan.FromMilliseconds(Math.Min(1000, 100 << Math.Min(failures - 2, 4))), stop);
}
