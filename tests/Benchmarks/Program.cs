using Tidings.Benchmarks;
using Tidings.Benchmarks.Report;
using Tidings.Benchmarks.Targets;

if (args is [BareServer.Command, .. var serverArguments])
{
    await BareServer.RunAsync(serverArguments);
    return 0;
}
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
