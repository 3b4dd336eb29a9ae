using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Hosting;

namespace Tidings.Gateway.Tests.Hosting;

/// <summary>Log injection (CWE-117): whatever a client sends stays within its line and its place.</summary>
public sealed class AuditTests
{
    [Theory]
    [InlineData("eve\r\nadmin of default logged in", "eve__admin of default logged in")]
    [InlineData("a\u2028b\u2029c", "a_b_c")]
    [InlineData("\u001b[31mred", "_[31mred")]
    [InlineData("right\u202eleft", "right_left")]
    [InlineData(null, "-")]
    [InlineData("Jörg {User}", "Jörg {User}")]
    public void What_a_client_sent_is_cleaned(string? sent, string written) => Assert.Equal(written, Audit.Clean(sent));

    [Fact]
    public void Half_a_character_is_cleaned() => Assert.Equal("half_", Audit.Clean("half" + '\ud800'));

    [Fact]
    public void What_a_client_sent_is_cut() => Assert.Equal(256, Audit.Clean(new string('a', 10_000)).Length);

    [Fact]
    public void Every_event_is_one_line_of_its_category()
    {
        var log = new Lines();
        var audit = New(log);
        const string Evil = "x\nforged";

        audit.LoggedIn(Evil, Evil, "basic", IPAddress.Loopback);
        audit.LoginFailed(Evil, "basic", "wrong password", IPAddress.Loopback);
        audit.Refused(Evil, Evil, "subscribe", Evil, "denied", null);
        audit.Changed(Evil, Evil, "user.disable", Evil, null);

        Assert.Equal([2401, 2402, 2403, 2404], log.Written.Select(static line => line.Id));
        Assert.All(log.Written, static line => Assert.DoesNotContain('\n', line.Text));
        Assert.Equal(Audit.Category, log.Category);
    }

    [Fact]
    public void Nobody_floods_it_and_what_is_left_out_is_told()
    {
        var log = new Lines();
        var time = new StoppedClock();
        var audit = New(log, new AuditOptions { RefusalsAtOnce = 3 }, time);

        for (var i = 0; i < 10; i++)
        {
            audit.Refused("t", "eve", "publish", $"/secret/{i}", "denied", IPAddress.Loopback);
        }

        audit.Refused("t", "ann", "publish", "/secret", "denied", IPAddress.Loopback);
        audit.LoginFailed("t/eve", "password", "wrong", IPAddress.Loopback);
        Assert.Equal([2403, 2403, 2403, 2403, 2402], log.Written.Select(static line => line.Id));

        time.Now += TimeSpan.FromSeconds(1);
        audit.Refused("t", "eve", "publish", "/secret/10", "denied", IPAddress.Loopback);
        Assert.Equal("7 more refusals of 127.0.0.1 t/eve were not written", log.Written[^2].Text);
        Assert.Contains("/secret/10", log.Written[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_left_out_of_someone_who_falls_silent_is_told_all_the_same()
    {
        var log = new Lines();
        var audit = New(log, new AuditOptions { RefusalsAtOnce = 1 }, new StoppedClock());
        audit.LoginFailed("a", "password", "wrong", IPAddress.Loopback);
        audit.LoginFailed("b", "password", "wrong", IPAddress.Loopback);

        audit.Sweep();
        audit.Sweep();

        Assert.Equal([2402, 2405], log.Written.Select(static line => line.Id));
    }

    [Fact]
    public void Log_ins_and_changes_are_never_left_out()
    {
        var log = new Lines();
        var audit = New(log, new AuditOptions { RefusalsAtOnce = 1 }, new StoppedClock());
        for (var i = 0; i < 5; i++)
        {
            audit.LoggedIn("t", "ann", "token", IPAddress.Loopback);
            audit.Changed("t", "ann", "user", "t/bob", IPAddress.Loopback);
        }

        Assert.Equal(10, log.Written.Count);
    }

    internal static Audit New(ILoggerFactory log, AuditOptions? options = null, TimeProvider? time = null) =>
        new(log, new AuditBounds(Options.Create(options ?? new AuditOptions()), TestMetrics.New(), time ?? TimeProvider.System), new AuditTrail(Options.Create(options ?? new AuditOptions()), TestMetrics.New(), time ?? TimeProvider.System));

    private sealed class Lines : ILoggerFactory, ILogger
    {
        public List<(int Id, string Text)> Written { get; } = [];

        public string? Category { get; private set; }

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName)
        {
            Category = categoryName;
            return this;
        }

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add((eventId.Id, formatter(state, exception)));
    }
}
