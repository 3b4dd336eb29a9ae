using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>The audit log says who did what, on one line, and gives no secret away.</summary>
public sealed class AuditTests
{
    [Fact]
    public async Task Log_ins_refusals_and_changes_are_told_without_secrets()
    {
        using var log = new Recorder();
        await using var server = await SecuredServer.StartAsync(builder => builder.Logging.AddProvider(log));

        (await server.SendAsync(HttpMethod.Get, "/login", SecuredServer.Basic("alice", "a wrong secret"))).Dispose();
        (await server.SendAsync(HttpMethod.Get, "/login", SecuredServer.Basic("al\r\nforged: line", "a wrong secret"))).Dispose();
        var token = await server.TokenAsync("bob");
        (await server.SendAsync(HttpMethod.Put, "/api/admin/tenants/default/users/erin", SecuredServer.Basic("admin"), """{"password":"a new secret"}""")).Dispose();

        var audit = log.Lines.Where(static line => line.Category == "Tidings.Audit").Select(static line => line.Text).ToList();
        Assert.Contains(audit, static text => text.Contains("default/alice", StringComparison.Ordinal) && text.Contains("could not log in", StringComparison.Ordinal));
        Assert.Contains(audit, static text => text.StartsWith("bob of default logged in by token", StringComparison.Ordinal));
        Assert.Contains(audit, static text => text.StartsWith("Changed: user default/erin by admin", StringComparison.Ordinal));
        string[] secrets = ["secret", SecuredServer.Password, (string)token["access_token"]!, (string)token["refresh_token"]!, "forged"];
        Assert.All(log.Lines, line => Assert.DoesNotContain(secrets, secret => line.Text.Contains(secret, StringComparison.Ordinal)));
        Assert.All(audit, static text => Assert.DoesNotContain('\n', text));
    }

    private sealed class Recorder : ILoggerProvider
    {
        public ConcurrentQueue<(string Category, string Text)> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

        public void Dispose()
        {
        }

        private sealed class Logger(Recorder recorder, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                recorder.Lines.Enqueue((category, formatter(state, exception)));
        }
    }
}
