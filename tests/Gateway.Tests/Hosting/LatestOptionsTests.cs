using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Tests.Hosting;

public sealed class LatestOptionsTests : IDisposable
{
    private readonly IConfigurationRoot _configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
    private readonly Lines _lines = new();
    private readonly ServiceProvider _services;

    public LatestOptionsTests()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(_configuration).AddLogging(logging => logging.AddProvider(_lines));
        services.AddOptions<TidingsLimits>();
        services.AddOptions<RateOptions>().BindConfiguration(RateOptions.Section).ValidateDataAnnotations();
        services.AddOptions<WindowOptions>().BindConfiguration(WindowOptions.Section);
        services.AddSingleton<IValidateOptions<WindowOptions>, WindowOptionsValidator>();
        services.AddLatest<RateOptions>().AddLatest<WindowOptions>();
        services.AddMetrics().AddSingleton<GatewayMetrics>().AddSingleton<WindowPolicies>();
        _services = services.BuildServiceProvider();
    }

    [Fact]
    public void A_change_counts_from_then_on()
    {
        var rates = _services.GetRequiredService<IOptions<RateOptions>>();
        Assert.Equal(5, rates.Value.BurstSeconds);

        Change("Tidings:Rates:BurstSeconds", "9");

        Assert.Equal(9, rates.Value.BurstSeconds);
        Assert.Empty(_lines.Said);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("many")]
    public void A_change_that_does_not_hold_is_told_and_left_out(string value)
    {
        var rates = _services.GetRequiredService<IOptions<RateOptions>>();
        Change("Tidings:Rates:BurstSeconds", "9");

        Change("Tidings:Rates:BurstSeconds", value);
        Change("Tidings:Rates:BurstSeconds", value);

        Assert.Equal(9, rates.Value.BurstSeconds);
        Assert.Contains("RateOptions does not hold", Assert.Single(_lines.Said), StringComparison.Ordinal);

        Change("Tidings:Rates:BurstSeconds", "7");

        Assert.Equal(7, rates.Value.BurstSeconds);
    }

    [Fact]
    public void Windows_go_by_the_latest_rules()
    {
        var policies = _services.GetRequiredService<WindowPolicies>();
        Assert.Null(policies.Of("/prices/a"));

        _configuration["Tidings:Windows:Rules:0:WhenFull"] = nameof(WhenFull.KeepLatest);
        Change("Tidings:Windows:Rules:0:Channels", "/prices/**");
        Assert.IsType<KeepLatest>(policies.Of("/prices/a"));

        Change("Tidings:Windows:Rules:0:Channels", "no channel");
        Assert.IsType<KeepLatest>(policies.Of("/prices/a"));

        Change("Tidings:Windows:Rules:0:Channels", "/video/*");
        Assert.Null(policies.Of("/prices/a"));
    }

    [Fact]
    public void Who_listens_hears_of_changes_that_hold()
    {
        var monitor = _services.GetRequiredService<IOptionsMonitor<RateOptions>>();
        var heard = new List<int>();
        using (monitor.OnChange(options => heard.Add(options.BurstSeconds)))
        {
            Change("Tidings:Rates:BurstSeconds", "9");
            Change("Tidings:Rates:BurstSeconds", "0");
        }

        Change("Tidings:Rates:BurstSeconds", "8");

        Assert.Equal([9], heard);
        Assert.Equal(8, monitor.CurrentValue.BurstSeconds);
    }

    public void Dispose() => _services.Dispose();

    private void Change(string key, string value)
    {
        _configuration[key] = value;
        _configuration.Reload();
    }

    /// <summary>What was logged.</summary>
    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Said { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Said.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
