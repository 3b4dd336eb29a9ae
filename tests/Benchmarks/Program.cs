using System.Runtime.InteropServices;
using Tidings.Benchmarks;
using Tidings.Benchmarks.Report;
using Tidings.Benchmarks.Targets;

if (args is [BareServer.Command, .. var serverArguments])
{
    await BareServer.RunAsync(serverArguments);
    return 0;
}
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, EndChildren);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, EndChildren);
try
{
    var options = CommandLine.Parse(args);
    var table = await new Benchmark(options, Console.Error.WriteLine).RunAsync();
    Console.WriteLine(MarkdownReport.Write(table));
    if (options.JsonFile is { } file)
        await File.WriteAllTextAsync(file, JsonReport.Write(table));
    return 0;
}
catch (BenchmarkException failure)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}

// The default action of the signal follows and ends this process.
static void EndChildren(PosixSignalContext signal) => ServerProcess.EndAll();
