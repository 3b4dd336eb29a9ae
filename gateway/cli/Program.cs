using Tidings.Cli;

using var terminal = Terminal.OfProcess();
return await CommandLine.RunAsync(args, terminal, CancellationToken.None);
