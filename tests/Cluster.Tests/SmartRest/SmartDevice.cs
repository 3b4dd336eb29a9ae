using System.Text;

namespace Tidings.Cluster.Tests.SmartRest;

/// <summary>What the agents of the field have in common: requests with an X-Id, and rows split as naively as they do.</summary>
sealed class SmartDevice(HttpClient http, string? xid)
{
    /// <summary>Finds its templates, or registers them as agents do on their first start.</summary>
    /// <returns>The number that agents use as the X-Id from then on.</returns>
    public static async Task<string> RegisterAsync(HttpClient http, string xid, params string[] templates)
    {
        var device = new SmartDevice(http, xid);
        var known = await device.RowsAsync("/s", "");
        var rows = known[0][0] == "40" ? await device.RowsAsync("/s", string.Join("\r\n", templates) + "\r\n") : known;
        Assert.Equal("20", rows[0][0]);
        return rows[0][1];
    }

    public async Task<string[][]> RowsAsync(string path, string body, CancellationToken cancellationToken = default) => Split(await PostAsync(path, body, cancellationToken));

    public async Task<string> PostAsync(string path, string body, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        if (xid != null)
            request.Headers.Add("X-Id", xid);
        using var response = await http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    static string[][] Split(string rows) => [.. rows.TrimStart(' ').Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(row => row.Split(','))];
}
