using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Tidings.Gateway.Hosting;

/// <summary>
/// Options whose value follows the configuration while the process runs. A change that does not hold is told and left out: what was valid
/// stays, where the framework's monitor would fail whoever asks next.
/// </summary>
internal sealed partial class LatestOptions<T> : IOptions<T>, IDisposable
    where T : class
{
    private readonly IOptionsFactory<T> _factory;
    private readonly ILogger _logger;
    private readonly IDisposable[] _registrations;
    private T _value;

    public LatestOptions(IOptionsFactory<T> factory, IEnumerable<IOptionsChangeTokenSource<T>> sources, ILogger<LatestOptions<T>> logger)
    {
        (_factory, _logger) = (factory, logger);
        _value = factory.Create(Options.DefaultName);
        _registrations = [.. sources.Select(source => ChangeToken.OnChange(source.GetChangeToken, Follow))];
    }

    /// <summary>The latest that held. To be asked each time.</summary>
    public T Value => Volatile.Read(ref _value);

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
        }
        catch (Exception exception) when (exception is OptionsValidationException or InvalidOperationException)
        {
            // Not valid, or not even what the setting takes.
            Log.ChangeRefused(_logger, typeof(T).Name, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2951, LogLevel.Error, "A change of {Options} does not hold and is left out: {Reason}")]
        public static partial void ChangeRefused(ILogger logger, string options, string reason);
    }
}

/// <summary>Registers options that follow the configuration.</summary>
internal static class LatestOptionsExtensions
{
    /// <summary>Lets <see cref="IOptions{T}"/> follow the configuration.</summary>
    public static IServiceCollection AddLatest<T>(this IServiceCollection services)
        where T : class => services.AddSingleton<IOptions<T>, LatestOptions<T>>();
}
