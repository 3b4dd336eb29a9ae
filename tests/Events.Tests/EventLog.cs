using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Tidings.Events.Tests;

/// <summary>Keeps the lines about connections.</summary>
internal sealed class EventLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

    public IReadOnlyCollection<(LogLevel Level, string Text)> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id == 1901)
        {
            _lines.Enqueue((logLevel, formatter(state, exception)));
        }
    }

    public void Dispose()
    {
    }
}
