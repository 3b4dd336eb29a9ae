using Microsoft.Extensions.Options;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>What every socket uses.</summary>
internal sealed class BayeuxSocketServices(
    BayeuxProcessor processor,
    BayeuxConnects connects,
    SessionDoor door,
    BayeuxChannelRules rules,
    IOptionsMonitor<BayeuxOptions> options,
    IOptions<TidingsLimits> limits,
    RateBook rates,
    TimeProvider time,
    GatewayMetrics metrics,
    ILogger<BayeuxSocket> logger)
{
    public BayeuxProcessor Processor => processor;

    public BayeuxConnects Connects => connects;

    public SessionDoor Door => door;

    public BayeuxChannelRules Rules => rules;

    public IOptionsMonitor<BayeuxOptions> Options => options;

    public TidingsLimits Limits => limits.Value;

    public RateBook Rates => rates;

    public TimeProvider Time => time;

    public GatewayMetrics Metrics => metrics;

    public ILogger Logger => logger;

    public BayeuxReaderLimits ReaderLimits => BayeuxReading.LimitsOf(limits.Value);
}
