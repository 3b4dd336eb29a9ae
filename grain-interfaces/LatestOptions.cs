using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Tidings;

/// <summary>
/// Options whose value follows the configuration while the process runs. A change that does not hold is told and left out: what was valid
/// stays, where the framework's monitor would fail whoever asks next.
/// </summary>
public sealed partial class LatestOptions<T> : IOptions<T>, IOptionsMonitor<T>, IDisposable
    where T : class
{
    private readonly IOptionsFactory<T> _factory;
    private readonly ILogger _logger;
    private readonly IDisposable[] _registrations;
    private T _value;
    private string? _refused;
    private event Action<T>? Changed;

    /// <summary>The options as they are now, and from now on.</summary>
    public LatestOptions(IOptionsFactory<T> factory, IEnumerable<IOptionsChangeTokenSource<T>> sources, ILogger<LatestOptions<T>> logger)
    {
        (_factory, _logger) = (factory, logger);
        _value = factory.Create(Options.DefaultName);
        _registrations = [.. sources.Select(source => ChangeToken.OnChange(source.GetChangeToken, Follow))];
    }

    /// <summary>The latest that held. To be asked each time.</summary>
    public T Value => Volatile.Read(ref _value);

    T IOptionsMonitor<T>.CurrentValue => Value;

    /// <summary>There is one section, and so one name.</summary>
    T IOptionsMonitor<T>.Get(string? name) => Value;

    /// <inheritdoc/>
    public IDisposable OnChange(Action<T, string?> listener)
    {
        var listening = new Listening(this, value => listener(value, Options.DefaultName));
        Changed += listening.Listener;
        return listening;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void Follow()
    {
        try
        {
            Volatile.Write(ref _value, _factory.Create(Options.DefaultName));
            _refused = null;
            Changed?.Invoke(Value);
        }
        catch (Exception exception) when (exception is OptionsValidationException or InvalidOperationException)
        {
            // Not valid, or not even what the setting takes. Told once, however often a file's watcher comes with it.
            if (Interlocked.Exchange(ref _refused, exception.Message) != exception.Message)
            {
                Log.ChangeRefused(_logger, typeof(T).Name, exception.Message);
            }
        }
    }

    private sealed record Listening(LatestOptions<T> To, Action<T> Listener) : IDisposable
    {
        public void Dispose() => To.Changed -= Listener;
    }

    private static partial class Log
    {
        [LoggerMessage(2951, LogLevel.Error, "A change of {Options} does not hold and is left out: {Reason}")]
        public static partial void ChangeRefused(ILogger logger, string options, string reason);
    }
}

/// <summary>Registers options that follow the configuration.</summary>
public static class LatestOptionsExtensions
{
    /// <summary>Lets <see cref="IOptions{T}"/> and <see cref="IOptionsMonitor{T}"/> follow the configuration: every use of them asks each time.</summary>
    public static IServiceCollection AddLatest<T>(this IServiceCollection services)
        where T : class => services.AddLatestMonitor<T>().AddSingleton<IOptions<T>>(static provider => provider.GetRequiredService<LatestOptions<T>>());

    /// <summary>The same for <see cref="IOptionsMonitor{T}"/> alone; <see cref="IOptions{T}"/> stays as it was at the start.</summary>
    public static IServiceCollection AddLatestMonitor<T>(this IServiceCollection services)
        where T : class => services.AddSingleton<LatestOptions<T>>().AddSingleton<IOptionsMonitor<T>>(static provider => provider.GetRequiredService<LatestOptions<T>>());
}
