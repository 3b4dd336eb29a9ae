namespace Tidings.Cluster.Tests.Clients;

/// <summary>What the script saw; counts are of messages over all channels.</summary>
/// <param name="Published">Acknowledged to the publisher.</param>
/// <param name="Received">Different messages received.</param>
/// <param name="Missing">Published (or never reached) and not received.</param>
/// <param name="Doubled">Received more than once.</param>
/// <param name="Disordered">Received after a later one of the same channel.</param>
/// <param name="Transports">What the subscriber's connects used.</param>
/// <param name="ServedBy">HTTP responses per gateway, as the front names them.</param>
/// <param name="Error">Why the run ended early; null when it did not.</param>
sealed record ClientResult(
    int Published,
    int Received,
    int Missing,
    int Doubled,
    int Disordered,
    string[]? Transports,
    Dictionary<string, int> ServedBy,
    string? Error)
{
    /// <summary>Every message once, in its channel's order, over the transport that was asked for.</summary>
    public void AssertDelivered(ClientRun run)
    {
        Assert.Null(Error);
        Assert.Equal(run.Messages, Published);
        Assert.Equal(
            (Received: run.Messages, Missing: 0, Doubled: 0, Disordered: 0),
            (Received, Missing, Doubled, Disordered));
        Assert.Equal([run.Transport], Transports!);
    }
}
