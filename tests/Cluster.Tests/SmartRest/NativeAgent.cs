namespace Tidings.Cluster.Tests.SmartRest;

/// <summary>
/// The push side of the C++ agent: reliable, on the endpoint that is deprecated, with the row indexes it has; a poll is cancelled and sent
/// again at will, and whatever its advice is but <c>retry</c> makes it begin anew.
/// </summary>
sealed class NativeAgent(SmartDevice device, string id)
{
    const string Endpoint = "/devicecontrol/notifications";
    string _client = "";
    long _batch;
    int _polls;
    string _answer = "";

    /// <summary>The ids of the operations it got, in the order of their coming.</summary>
    public List<int> Operations { get; } = [];

    public int Handshakes { get; private set; }

    public int Dropped { get; private set; }

    /// <summary>Polls until it has so many operations. Every <paramref name="dropEvery"/>th poll is cancelled half-way.</summary>
    public async Task RunAsync(int operations, int dropEvery, CancellationToken patience)
    {
        try
        {
            while (Operations.Distinct().Count() < operations)
            {
                if (_client.Length == 0)
                    await OpenAsync(patience);
                await PollAsync(++_polls % dropEvery == 0, patience);
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            var missing = string.Join(' ', Enumerable.Range(1, operations).Except(Operations).Take(10));
            throw new TimeoutException(
                $"Missing: {operations - Operations.Distinct().Count()} operations, {missing} ..; {_polls} polls, {Dropped} dropped, {Handshakes} handshakes, batch {_batch}, last answer: {_answer}");
        }
    }

    /// <summary>Shakes hands and subscribes.</summary>
    public async Task OpenAsync(CancellationToken patience)
    {
        var rows = await device.RowsAsync(Endpoint, "80,true", patience);
        Assert.Single(Assert.Single(rows));
        (_client, _batch) = (rows[0][0], 0);
        Handshakes++;
        if ((await device.RowsAsync(Endpoint, $"81,{_client},/{id}", patience)).Length > 0)
            _client = "";
    }

    async Task PollAsync(bool drop, CancellationToken patience)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(patience);
        if (drop)
            cancel.CancelAfter(TimeSpan.FromMilliseconds(5));
        try
        {
            Take(await device.RowsAsync(Endpoint, _batch > 0 ? $"83,{_client},{_batch}" : $"83,{_client}", cancel.Token));
        }
        catch (OperationCanceledException) when (!patience.IsCancellationRequested)
        {
            Dropped++;
        }
        catch (HttpRequestException)
        {
            // It polls again with what it knows.
        }
    }

    void Take(string[][] rows)
    {
        _answer = string.Join(" | ", rows.Select(row => string.Join(',', row)));
        foreach (var row in rows)
        {
            if (row[0] == "88")
                _batch = long.Parse(row[1]);
            else if (row[0] == "86" && row[4] != "retry")
                _client = "";
            else if (row[0] == "804")
                Operations.Add(int.Parse(row[2]));
        }
    }
}
