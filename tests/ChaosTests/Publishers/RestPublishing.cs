using System.Net.Http.Json;
using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Publishers;

/// <summary>POST /channels/..., each message with its Idempotency-Key.</summary>
sealed class RestPublishing(Uri front) : IPublishing
{
    readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) })
    {
        Timeout = TimeSpan.FromSeconds(15),
    };

    public async Task<bool> TryAsync(MessageKey key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(front, "/channels" + key.Channel))
        {
            Content = JsonContent.Create(Payload.Write(key)),
            Headers = { { "Idempotency-Key", $"{key.Publisher}-{key.Channel.Replace('/', '.')}-{key.Sequence}" } },
        };
        try
        {
            using var answer = await _http.SendAsync(request);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }
}
