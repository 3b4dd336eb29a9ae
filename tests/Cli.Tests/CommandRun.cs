using System.Text;
using System.Text.Json.Nodes;

namespace Tidings.Cli.Tests;

/// <summary>A command that runs in this process, with a terminal that keeps what is written.</summary>
internal sealed class CommandRun : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly KeepingWriter _out = new();
    private readonly KeepingWriter _error = new();
    private readonly CancellationTokenSource _interrupt = new();
    private readonly Task<int> _running;

    private CommandRun(string[] args, string input, IReadOnlyDictionary<string, string> environment, string configFile, TextWriter? output, bool interactive)
    {
        var terminal = new Terminal
        {
            In = new StringReader(input),
            Out = output ?? _out,
            Error = _error,
            Variable = name => environment.GetValueOrDefault(name),
            ConfigFile = configFile,
            IsInteractive = interactive,
        };
        _running = Task.Run(() => CommandLine.RunAsync(args, terminal, _interrupt.Token));
    }

    public string Out => _out.Text;

    public string Error => _error.Text;

    public bool HasEnded => _running.IsCompleted;

    /// <summary>The exit code, once it ends.</summary>
    public Task<int> ExitCode => _running.WaitAsync(Patience);

    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The output as JSON.</summary>
    public JsonNode Json => JsonNode.Parse(Out)!;

    public static CommandRun Start(Uri? server, params string[] args) => Start(server, args, "");

    public static CommandRun Start(Uri? server, string[] args, string input = "", IReadOnlyDictionary<string, string>? environment = null, string configFile = "/nonexistent", TextWriter? output = null, bool interactive = false) =>
        new(server is null ? args : [.. args, "--url", server.AbsoluteUri], input, environment ?? new Dictionary<string, string>(), configFile, output, interactive);

    /// <summary>Runs a command to its end, which must be this.</summary>
    public static async Task<CommandRun> DoneAsync(Uri server, int code, params string[] args)
    {
        var run = Start(server, args);
        await run.EndsWithAsync(code);
        return run;
    }

    public async Task EndsWithAsync(int code)
    {
        try
        {
            var ended = await _running.WaitAsync(Patience);
            Assert.True(code == ended, $"The exit code is {ended}, not {code}.\n{Out}\n{Error}");
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The command did not end. It wrote:\n{Out}\n{Error}");
        }
    }

    public void Interrupt() => _interrupt.Cancel();

    public void Dispose() => _interrupt.Dispose();

    /// <summary>Keeps what is written, for readers at any time.</summary>
    private sealed class KeepingWriter : TextWriter
    {
        private readonly StringBuilder _text = new();

        public override Encoding Encoding => Encoding.UTF8;

        public string Text
        {
            get
            {
                lock (_text)
                {
                    return _text.ToString();
                }
            }
        }

        public override void Write(char value)
        {
            lock (_text)
            {
                _text.Append(value);
            }
        }

        public override void Write(string? value)
        {
            lock (_text)
            {
                _text.Append(value);
            }
        }
    }
}
