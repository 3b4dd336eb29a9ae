using System.Diagnostics.Metrics;

namespace Tidings.Gateway.Sessions;

/// <summary>
/// How many sessions this gateway holds and what waits for them, by protocol and transport. Sessions are looked through when somebody collects, so
/// that nothing is counted where messages pass.
/// </summary>
internal sealed class SessionGauges : IHostedService
{
    private readonly GatewayHub _hub;

    public SessionGauges(GatewayHub hub, IMeterFactory meters)
    {
        _hub = hub;
        var meter = meters.Create(GatewayMetrics.MeterName);
        meter.CreateObservableUpDownCounter<long>("tidings.sessions.attached", Attached, "{session}", "Sessions this gateway holds, by protocol and transport.");
        meter.CreateObservableUpDownCounter<long>("tidings.messages.pending", Pending, "{message}", "Messages that wait for clients or for their acknowledgement.");
        meter.CreateObservableUpDownCounter<long>("tidings.messages.pending.size", PendingBytes, "By", "Bytes of what waits, each message counted for each session it waits for.");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<Measurement<long>> Attached() => Measure(static _ => 1);

    private IEnumerable<Measurement<long>> Pending() => Measure(static session => session.PendingMessages);

    private IEnumerable<Measurement<long>> PendingBytes() => Measure(static session => session.PendingBytes);

    private IEnumerable<Measurement<long>> Measure(Func<LocalSession, long> valueOf) => _hub.ClientSessions
        .Select(session => (Kind: (session.Description?.Protocol, session.Protocol?.Transport), Value: valueOf(session)))
        .Where(static session => session.Kind is (not null, not null))
        .GroupBy(static session => session.Kind, static session => session.Value)
        .Select(static group => new Measurement<long>(group.Sum(), GatewayMetrics.ProtocolTag(group.Key.Protocol), GatewayMetrics.TransportTag(group.Key.Transport)));
}
