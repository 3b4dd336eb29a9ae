using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Tests;

/// <summary>A faultless transcript to spoil: a publisher sends ten messages a second to /a/1 for 60 s, sessions receive each after 10 ms.</summary>
static class Sample
{
    public const string Channel = "/a/1";
    public const string Gateway = "gateway1";
    public const int Messages = 600;
    public static readonly TimeSpan End = TimeSpan.FromSeconds(60);

    public static readonly SessionKind Plain = new(SessionKind.WebSocket, Assurance.None);
    public static readonly SessionKind Ack = new(SessionKind.LongPolling, Assurance.Ack);
    public static readonly SessionKind Replay = new(SessionKind.WebSocket, Assurance.Replay);

    public static MessageKey Key(int sequence) => new(Channel, 1, sequence);

    public static TimeSpan Sent(int sequence) => TimeSpan.FromSeconds(0.1 * sequence);

    public static Transcript Transcript(params SessionRecord[] sessions) => new()
    {
        Sessions = sessions,
        Publications = [.. Numbers.Select(n => new Publication(Key(n), Sent(n), Sent(n) + TimeSpan.FromMilliseconds(2), 1))],
        Log = [.. Numbers.Select(n => new Stored(Key(n), n))],
        Faults = [],
    };

    public static SessionRecord Session(SessionKind kind, params string[] patterns) => new(
        1, kind, patterns is [] ? [Channel] : patterns, TimeSpan.Zero, [.. Numbers.Select(n => Receipt(n))],
        [new Connection(1, Gateway, TimeSpan.Zero, End, ConnectionEnd.Done)], [], [], []);

    public static Receipt Receipt(int sequence, double late = 0) =>
        new(Key(sequence), Sent(sequence) + TimeSpan.FromMilliseconds(10) + TimeSpan.FromSeconds(late), 1);

    /// <summary>The same session without some messages.</summary>
    public static SessionRecord Without(this SessionRecord session, params int[] sequences) =>
        session with { Receipts = [.. session.Receipts.Where(receipt => !sequences.Contains(receipt.Key.Sequence))] };

    /// <summary>The same session with a receipt more, behind that of another message.</summary>
    public static SessionRecord Again(this SessionRecord session, int sequence, int behind) => session.Again(Key(sequence), behind);

    public static SessionRecord Again(this SessionRecord session, MessageKey key, int behind)
    {
        var receipts = session.Receipts.ToList();
        var place = receipts.FindIndex(receipt => receipt.Key.Sequence == behind) + 1;
        receipts.Insert(place, receipts[place - 1] with { Key = key });
        return session with { Receipts = receipts };
    }

    /// <summary>The same session, its receipts late by that many seconds.</summary>
    public static SessionRecord Delayed(this SessionRecord session, Func<int, double> late) =>
        session with { Receipts = [.. session.Receipts.Select(receipt => Receipt(receipt.Key.Sequence, late(receipt.Key.Sequence)))] };

    /// <summary>The same session, whose first connection ended at a moment; a second one took over at once.</summary>
    public static SessionRecord EndedAt(this SessionRecord session, double seconds, ConnectionEnd end) => session with
    {
        Connections =
        [
            new Connection(1, Gateway, TimeSpan.Zero, TimeSpan.FromSeconds(seconds), end),
            new Connection(2, "gateway2", TimeSpan.FromSeconds(seconds), End, ConnectionEnd.Done),
        ],
    };

    public static Fault Fault(FaultKind kind, double at, double until, string target = Gateway) =>
        new(kind, target, TimeSpan.FromSeconds(at), TimeSpan.FromSeconds(until));

    static IEnumerable<int> Numbers => Enumerable.Range(1, Messages);
}
