using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;

namespace Tidings.Benchmarks.Clients;

/// <summary>
/// Users of a server with log-ins, what they may do, and a token for each client. Every rate is counted, and none is reached: what is measured is what
/// it costs to look.
/// </summary>
internal sealed class Credentials
{
    const int Users = 10;
    const string Password = "of a benchmark";

    readonly ConcurrentQueue<string> _tokens = new();

    /// <summary>What a gateway with these users is started with.</summary>
    public static IEnumerable<string> Arguments { get; } =
    [
        "--Tidings:Anonymous=false",
        "--Tidings:Tokens:Lifetime=1.00:00:00",
        .. Enumerable.Range(0, Users).SelectMany(user => new[] { $"--Tidings:Users:user{user}:Password={Password}", $"--Tidings:Users:user{user}:Roles:0=bench" }),
        .. new[] { "Subscribe", "Publish", "Create" }.Select(action => $"--Tidings:Roles:bench:{action}:0=/bench/**"),
        "--Tidings:Rates:Loopback=true",
        "--Tidings:Rates:SessionsPerAddress=1000000",
        .. new[] { "Address", "User", "Tenant" }.SelectMany(caller => new[]
        {
            $"--Tidings:Rates:{caller}:Handshakes=1000000", $"--Tidings:Rates:{caller}:Publishes=10000000", $"--Tidings:Rates:{caller}:Bytes=400000000",
        }),
    ];

    /// <summary>Gets tokens for so many clients of a server that has just started; those of an earlier one are none.</summary>
    public async Task LogInAsync(IPEndPoint server, int clients)
    {
        _tokens.Clear();
        using var http = new HttpClient { BaseAddress = new Uri($"http://{server}") };
        for (var client = 0; client < clients; client++)
        {
            using var form = new FormUrlEncodedContent([new("grant_type", "password"), new("username", $"user{client % Users}"), new("password", Password)]);
            using var response = await http.PostAsync("/token", form);
            if (!response.IsSuccessStatusCode)
                throw new BenchmarkException($"no token: {(int)response.StatusCode}");
            using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
            _tokens.Enqueue(answer.RootElement.GetProperty("access_token").GetString()!);
        }
    }

    /// <summary>The <c>ext</c> of the next client's handshake. When all have come, the first one's serves again.</summary>
    public string NextExt()
    {
        if (!_tokens.TryDequeue(out var token))
            throw new BenchmarkException("nobody logged in");
        _tokens.Enqueue(token);
        return $$$""","ext":{"authentication":{"token":"{{{token}}}"}}""";
    }
}
