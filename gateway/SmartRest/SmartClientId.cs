namespace Tidings.Gateway.SmartRest;

/// <summary>
/// A SmartREST session's id as its client knows it: a letter that says how the session was opened, then its secret id. So the answer to
/// an unknown session is written as its client reads it, and the id means nothing to other front ends, as theirs mean nothing here.
/// </summary>
/// <param name="Secret">The session's secret id.</param>
/// <param name="Reliable">Whether it was opened with <c>80,true</c>.</param>
internal readonly record struct SmartClientId(string Secret, bool Reliable)
{
    private const char ReliableMark = 'r';
    private const char PlainMark = 'p';

    /// <summary>Reads one; whatever it is, no other id reads the same.</summary>
    public static SmartClientId Of(string text) => new(text[1..], text[0] == ReliableMark);

    public override string ToString() => (Reliable ? ReliableMark : PlainMark) + Secret;
}
