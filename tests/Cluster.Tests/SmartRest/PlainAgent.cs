namespace Tidings.Cluster.Tests.SmartRest;

/// <summary>
/// The Java agents: all subscriptions in one body, rows told apart by their number of fields, where the second of three or more is a number
/// or empty. The reliable one says -1 before it has a batch.
/// </summary>
sealed class PlainAgent(SmartDevice device, bool reliable)
{
    const string Endpoint = "/cep/realtime";
    string _client = "";
    long _batch = -1;

    public List<string> Values { get; } = [];

    public async Task OpenAsync(IEnumerable<string> channels, CancellationToken patience)
    {
        _client = Assert.Single(Assert.Single(await device.RowsAsync(Endpoint, reliable ? "80,true" : "80", patience)));
        await device.RowsAsync(Endpoint, string.Join('\n', channels.Select(channel => $"81,{_client},{channel}")), patience);
    }

    /// <summary>Polls until it has all values, then says good-bye. A poll that failed is sent again.</summary>
    public async Task RunAsync(Predicate<List<string>> hasAll, CancellationToken patience)
    {
        while (!hasAll(Values))
        {
            try
            {
                Take(await device.RowsAsync(Endpoint, reliable ? $"83,{_client},{_batch}" : $"83,{_client}", patience));
            }
            catch (HttpRequestException)
            {
                // With the session and batch that it has.
            }
        }

        Assert.Equal("", await device.PostAsync(Endpoint, $"84,{_client}", patience));
    }

    void Take(string[][] rows)
    {
        foreach (var row in rows)
        {
            if (row[0] == "88")
            {
                Assert.True(reliable, "A session that is not reliable got a numbered batch.");
                Assert.InRange(long.Parse(row[1]), _batch + 1, long.MaxValue);
                _batch = long.Parse(row[1]);
            }
            else if (int.Parse(row[0]) >= 100)
                Values.Add(row[^1]);
            if (row.Length >= 3)
                Assert.True(row[1].Length == 0 || long.TryParse(row[1], out _), string.Join(',', row));
        }
    }
}
