using System.Net;
using System.Net.Http.Headers;

namespace Tidings.Client.Transports;

/// <summary>long-polling: each array of messages is a POST, whose response counts when it was read whole. The first failure ends the wire.</summary>
internal sealed class PollWire(
    Uri endpoint, HttpMessageInvoker http, Func<AuthenticationHeaderValue?> authorization, int maxBytes, TimeProvider time, Func<ReadOnlyMemory<byte>, ValueTask> arrived)
    : Wire(arrived)
{
    public const string Name = "long-polling";

    private readonly CancellationTokenSource _cut = new();
    private readonly HashSet<Task> _sending = [];

    public override string ConnectionType => Name;

    public override async Task SendAsync(ReadOnlyMemory<byte> messages)
    {
        var sending = PostAsync(messages);
        lock (_sending)
        {
            _sending.Add(sending);
        }

        await sending;
        lock (_sending)
        {
            _sending.Remove(sending);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        End(new LinkLostException("closed"));
        await _cut.CancelAsync();
        Task[] sending;
        lock (_sending)
        {
            sending = [.. _sending];
        }

        await Task.WhenAll(sending);
    }

    private async Task PostAsync(ReadOnlyMemory<byte> messages)
    {
        try
        {
            using var content = new ReadOnlyMemoryContent(messages) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } };
            using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = content };
            request.Headers.Authorization = authorization();
            using var response = await (http is HttpClient client
                ? client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _cut.Token)
                : http.SendAsync(request, _cut.Token));
            if (response.StatusCode != HttpStatusCode.OK)
            {
                End(new LinkLostException($"{endpoint} answered {(int)response.StatusCode} {response.ReasonPhrase}") { Status = response.StatusCode, RetryAfter = RetryAfter(response) });
                return;
            }

            await ArriveAsync(await ReadAsync(response));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException or InvalidDataException or ObjectDisposedException)
        {
            End(new LinkLostException($"{endpoint}: {failure.Message}", failure));
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response)
    {
        await using var body = await response.Content.ReadAsStreamAsync(_cut.Token);
        var frame = new FrameBuffer(maxBytes);
        while (await body.ReadAsync(frame.Free(), _cut.Token) is > 0 and var read)
        {
            frame.Advance(read);
        }

        return frame.Written;
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter is not { } after ? null
        : after.Delta ?? (after.Date is { } date && date > time.GetUtcNow() ? date - time.GetUtcNow() : null);
}
