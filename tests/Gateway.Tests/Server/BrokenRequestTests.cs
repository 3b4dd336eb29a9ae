using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tidings.Gateway.Tests.Server;

/// <summary>Requests whose body cannot be read are told so where anybody is left, and are no errors of the server.</summary>
public sealed class BrokenRequestTests : IAsyncLifetime
{
    private readonly Recorder _log = new();
    private OwnServer? _server;

    [Theory]
    [InlineData("/cometd")]
    [InlineData("/channels/a")]
    [InlineData("/s")]
    public async Task A_body_with_broken_framing_is_refused(string path)
    {
        using var client = await SendAsync($"POST {path} HTTP/1.1\r\nHost: localhost\r\nX-Id: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));

        var response = await reader.ReadToEndAsync(patience.Token);

        Assert.StartsWith("HTTP/1.1 400 ", response, StringComparison.Ordinal);
        Assert.Contains("Bad chunk size data.", response, StringComparison.Ordinal);
        Assert.Empty(_log.Troubles);
    }

    [Theory]
    [InlineData("/token", "415 ")]
    [InlineData("/token/revoke", "415 ")]
    [InlineData("/default/__token", "400 ")]
    public async Task A_form_in_a_charset_that_nobody_reads_is_refused(string path, string status)
    {
        using var client = await SendAsync(
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded; charset=utf-7\r\nConnection: close\r\nContent-Length: 7\r\n\r\ntoken=a");
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));

        Assert.StartsWith("HTTP/1.1 " + status, await reader.ReadToEndAsync(patience.Token), StringComparison.Ordinal);
        Assert.Empty(_log.Troubles);
    }

    [Theory]
    [InlineData("/cometd", false)]
    [InlineData("/cometd", true)]
    [InlineData("/token", false)]
    [InlineData("/token", true)]
    public async Task A_body_that_is_cut_leaves_no_trace(string path, bool reset)
    {
        using (var client = await SendAsync(
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 500\r\n\r\n["))
        {
            await Eventually.TrueAsync(() => _log.IsReading, "The request did not come.");
            client.LingerState = new LingerOption(reset, 0);
        }

        await Eventually.TrueAsync(() => _log.IsOver, "The connection did not end.");
        Assert.Empty(_log.Troubles);
    }

    public async Task InitializeAsync() => _server = await OwnServer.StartAsync(
        Environments.Production,
        builder =>
        {
            builder.Logging.AddProvider(_log);
            builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Debug);
        },
        ("Tidings:Anonymous", "true"));

    public async Task DisposeAsync() => await _server!.DisposeAsync();

    private async Task<TcpClient> SendAsync(string request)
    {
        var client = new TcpClient();
        await client.ConnectAsync(_server!.Address.Host, _server.Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        return client;
    }

    private sealed class Recorder : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

        public IEnumerable<string> Troubles => _lines.Where(static line => line.Level >= LogLevel.Warning).Select(static line => line.Text);

        public bool IsReading => _lines.Any(static line => line.Text.Contains("Request matched endpoint", StringComparison.Ordinal));

        public bool IsOver => _lines.Any(static line => line.Text.StartsWith("Connection id", StringComparison.Ordinal) && line.Text.EndsWith("stopped.", StringComparison.Ordinal));

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue((logLevel, formatter(state, exception)));

        public void Dispose()
        {
        }
    }
}
