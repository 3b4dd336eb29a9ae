using System.Diagnostics;
using System.Text;
using Tidings.Benchmarks.Load;
using Tidings.Benchmarks.Targets;

namespace Tidings.Benchmarks.Rows;

/// <summary>How long a new set of SmartREST templates takes to be registered, and then a message to become the first row by it.</summary>
internal sealed class TemplatesRow : IRow
{
    const int WarmUps = 100, Sets = 300;
    const string Realtime = "/cep/realtime";

    public string Name => "templates";

    public string Title => "SmartREST: register two templates and get the first row, p50 / p99";

    public bool LessIsBetter => true;

    public bool AppliesTo(ITarget target) => target.HasSmartRest;

    public async Task<Cell> MeasureAsync(ITarget target, BenchmarkOptions options, Action<string> progress)
    {
        using var server = await target.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"http://{server.Servers[0]}") };
        var (registered, matched, both) = (new Histogram(), new Histogram(), new Histogram());
        for (var set = -WarmUps; set < Sets; set++)
        {
            var (register, match) = await OnceAsync(http, $"set{set}");
            if (set < 0)
                continue;
            registered.Record(register);
            matched.Record(match);
            both.Record(register + match);
        }

        progress($"registration p50 {registered.Milliseconds(0.5):N2} p99 {registered.Milliseconds(0.99):N2} ms, " +
            $"first match p50 {matched.Milliseconds(0.5):N2} p99 {matched.Milliseconds(0.99):N2} ms");
        return new Cell { Value = both.Milliseconds(0.5), Text = $"{both.Milliseconds(0.5):N2} / {both.Milliseconds(0.99):N2} ms" };
    }

    /// <summary>One set, one session, one message; microseconds.</summary>
    static async Task<(long Register, long Match)> OnceAsync(HttpClient http, string xid)
    {
        var from = Stopwatch.GetTimestamp();
        Expect("20,", await PostAsync(http, "/s", xid, "11,100,,$.m,$.m\n11,101,,$.never,$.m\n"));
        var register = Since(from);

        var client = (await PostAsync(http, Realtime, xid, "80")).TrimEnd('\n');
        await PostAsync(http, Realtime, xid, $"81,{client},/bench/{xid}");
        Expect("86,", await PostAsync(http, Realtime, xid, $"83,{client}"));
        var poll = PostAsync(http, Realtime, xid, $"83,{client}");
        from = Stopwatch.GetTimestamp();
        using var published = await http.PostAsync($"/channels/bench/{xid}", new StringContent("""{"m":1}""", Encoding.UTF8, "application/json"));
        Expect("100,1", await poll);
        var match = Since(from);
        await PostAsync(http, Realtime, xid, $"84,{client}");
        return (register, match);
    }

    static long Since(long from) => (long)Stopwatch.GetElapsedTime(from).TotalMicroseconds;

    static void Expect(string beginning, string rows)
    {
        if (!rows.StartsWith(beginning, StringComparison.Ordinal))
            throw new BenchmarkException($"{beginning}… was to come, and there came {rows}");
    }

    static async Task<string> PostAsync(HttpClient http, string path, string xid, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body), Headers = { { "X-Id", xid } } };
        using var response = await http.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }
}
