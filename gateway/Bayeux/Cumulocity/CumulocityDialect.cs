using Microsoft.Extensions.Options;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;
using Tidings.Protocols.SmartRest;

namespace Tidings.Gateway.Bayeux.Cumulocity;

/// <summary>
/// Bayeux as Cumulocity's real-time endpoints speak it (Cumulocity documentation, "Real-time notification API"): long polls, sessions
/// unknown in the words of older CometD servers, messages with an id of the server, handshakes that leave out what they like.
/// </summary>
internal sealed class CumulocityDialect(RealtimeEndpointKind kind, IOptionsMonitor<CumulocityOptions> options) : BayeuxDialect
{
    private static readonly string[] Transports = ["long-polling", "smartrest-long-polling", "websocket"];

    private readonly CumulocityDeliveries _deliveries = new(kind);

    public override IReadOnlyList<string> ConnectionTypes => Transports;

    public override TimeSpan Timeout => options.CurrentValue.Timeout;

    public override TimeSpan LongestTimeout => options.CurrentValue.LongestTimeout;

    public override TimeSpan Interval => TimeSpan.Zero;

    public override TimeSpan MaxInterval => options.CurrentValue.MaxInterval;

    public override TimeSpan MaxClientInterval => options.CurrentValue.MaxClientInterval;

    public override TimeSpan? KeepAlive => options.CurrentValue.KeepAlive;

    public override bool IsLenient => true;

    public override bool TakesPublishes => false;

    public override bool RepeatsClientId => true;

    public override bool CountsConnections => true;

    public override string SessionUnknown => BayeuxErrors.UnknownClient;

    public override string HandshakeDenied => BayeuxErrors.OldHandshakeDenied;

    public override BayeuxDeliveries DeliveriesFor(LocalSession session) => _deliveries;

    public override string ToCore(string channel) => kind.ToCore(channel);
}
