using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Clients;

/// <summary>long-polling: each array a POST, whose response counts when it was read whole. The first failure ends the wire.</summary>
sealed class PollWire : Wire
{
    readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
    readonly CancellationTokenSource _cut = new();
    readonly Uri _endpoint;

    PollWire(Uri endpoint, Action<JsonElement> arrived)
        : base(arrived)
    {
        _endpoint = endpoint;
    }

    public static Task<Wire> OpenAsync(Uri endpoint, Action<JsonElement> arrived) => Task.FromResult<Wire>(new PollWire(endpoint, arrived));

    public override async Task SendAsync(ReadOnlyMemory<byte> messages)
    {
        try
        {
            using var content = new ReadOnlyMemoryContent(messages) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var answer = await _http.PostAsync(_endpoint, content, _cut.Token);
            Gateway ??= answer.Headers.TryGetValues("X-Served-By", out var names) ? names.First() : null;
            if (answer.StatusCode != HttpStatusCode.OK)
                End(answer.StatusCode == HttpStatusCode.ServiceUnavailable ? ConnectionEnd.Refused : ConnectionEnd.Broken);
            else
                Arrive(await answer.Content.ReadAsByteArrayAsync(_cut.Token));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException or JsonException)
        {
            End(ConnectionEnd.Broken);
        }
    }

    public override ValueTask DisposeAsync()
    {
        Cut(ConnectionEnd.Done);
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override void Abort() => _cut.Cancel();
}
