using System.Runtime.InteropServices;
using Tidings.ChaosTests;
using Tidings.ChaosTests.Judging;

// The fault run by hand:  tests/chaos [--minutes N] [--seed N] [--sessions N] ...
using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    var report = await new ChaosRun(CommandLine.Parse(args), Console.Error.WriteLine).RunAsync(CheckerOptions.Default, stop.Token);
    Console.WriteLine(report.ToMarkdown());
    return report.Verdict.IsClean ? 0 : 1;
}
catch (Exception failure) when (failure is FormatException or TimeoutException or OperationCanceledException)
{
    Console.Error.WriteLine(failure.Message);
    return 2;
}

// The processes are ended before this one is.
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
