using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Judging;

/// <summary>What a session's cut connections and the cluster's crashes explain, and no more.</summary>
sealed class Excuses
{
    static readonly TimeSpan HeldUp = TimeSpan.FromSeconds(15);

    readonly SessionRecord _session;
    readonly CheckerOptions _options;
    readonly Fault[] _crashes;
    readonly (TimeSpan From, TimeSpan To, Connection Connection)[] _cuts;

    public Excuses(SessionRecord session, IReadOnlyList<Fault> faults, CheckerOptions options)
    {
        _session = session;
        _options = options;
        _crashes = [.. faults.Where(Concerns)];
        _cuts = [.. session.Connections.Where(IsCut).Select(connection => Window(connection, faults))];
    }

    /// <summary>Whether a message may have been written to a connection that was then cut. Sessions with ack or replay have no such excuse.</summary>
    public bool MayBeLostInCut(Publication publication) =>
        !_session.Kind.IsAssured && _cuts.Any(cut => publication.Sent >= cut.From && publication.Sent <= cut.To);

    public bool MayRepeat(Receipt receipt) =>
        _crashes.Any(crash => crash.At <= receipt.At && receipt.At <= crash.Until + _options.DoublesAfter);

    /// <summary>In words, the connection whose end is nearest to a message's sending.</summary>
    public string Nearest(Publication publication)
    {
        var ended = _session.Connections.Where(connection => connection.End != ConnectionEnd.Done);
        if (ended.MinBy(connection => (connection.Closed - publication.Sent).Duration()) is not { } nearest)
            return "no connection ended";
        var distance = (nearest.Closed - publication.Sent).TotalSeconds;
        return $"connection {nearest.Number} of {nearest.Gateway ?? "nobody"} ended {distance:+0.0;-0.0} s from its sending: {nearest.End}";
    }

    static bool IsCut(Connection connection) =>
        connection.End is ConnectionEnd.Broken or ConnectionEnd.Cut or ConnectionEnd.GivenUp && connection.Gateway != null;

    (TimeSpan From, TimeSpan To, Connection Connection) Window(Connection connection, IReadOnlyList<Fault> faults)
    {
        var from = connection.Closed - _options.CutBefore;
        var to = connection.Closed + _options.CutAfter;
        // What a fault held up may be written just when the connection is cut; a paused gateway writes when it wakes.
        foreach (var fault in faults.Where(fault => fault.IsCrash && fault.At <= connection.Closed && connection.Closed - HeldUp <= fault.Until))
        {
            from = fault.At < from ? fault.At : from;
            if (fault.Kind == FaultKind.GatewayPause && fault.Target == connection.Gateway && fault.Until + _options.CutAfter > to)
                to = fault.Until + _options.CutAfter;
        }
        return (from, to, connection);
    }

    /// <summary>A gateway's end concerns the sockets it held, and polls, which go round all gateways.</summary>
    bool Concerns(Fault fault) => fault.IsCrash && (!fault.IsOfGateway
        || _session.Kind.Transport == SessionKind.LongPolling
        || _session.Connections.Any(connection =>
            connection.Gateway == fault.Target && connection.Opened <= fault.Until && connection.Closed >= fault.At));
}
