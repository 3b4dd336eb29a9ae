using System.Text.Json;
using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests;

/// <summary>Reads what the channels' logs hold, over REST, page by page.</summary>
static class LogReader
{
    const int Page = 500;

    public static async Task<IReadOnlyList<Stored>> ReadAsync(Uri front, IEnumerable<string> channels)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        var all = new List<Stored>();
        foreach (var channel in channels)
            await ReadAsync(http, front, channel, all);
        return all;
    }

    static async Task ReadAsync(HttpClient http, Uri front, string channel, List<Stored> all)
    {
        long after = 0;
        while (true)
        {
            using var page = JsonDocument.Parse(await http.GetStringAsync(new Uri(front, $"/channels{channel}?after={after}&limit={Page}")));
            var messages = page.RootElement.GetProperty("messages");
            if (messages.GetArrayLength() == 0)
                return;
            foreach (var message in messages.EnumerateArray())
            {
                after = message.GetProperty("offset").GetInt64();
                all.Add(new Stored(Payload.Read(channel, message.GetProperty("data")), after));
            }
        }
    }
}
