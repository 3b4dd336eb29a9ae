using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tidings.Cluster.Tests.Front;

/// <summary>A gateway as the front sees one: health, requests that answer, hold or break, a WebSocket that echoes.</summary>
sealed class StubGateway : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly ConcurrentQueue<Dictionary<string, string>> _requests = new();

    StubGateway(WebApplication app)
    {
        _app = app;
        app.UseWebSockets();
        app.MapGet("/health/ready", () => IsReady ? Results.Ok() : Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
        app.MapPost("/answer", Answer);
        app.MapPost("/hold", HoldAsync);
        app.MapPost("/break", Break);
        app.Map("/echo", EchoAsync);
    }

    public bool IsReady { get; set; } = true;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>Headers of the requests that were not about health, oldest first.</summary>
    public IReadOnlyCollection<IReadOnlyDictionary<string, string>> Requests => _requests;

    /// <summary>Ends when a request to /hold is being held.</summary>
    public Task Held => _held.Task;

    /// <summary>Ends when the client of a held request is gone.</summary>
    public Task Left => _left.Task;

    public static async Task<StubGateway> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var stub = new StubGateway(builder.Build());
        await stub._app.StartAsync();
        return stub;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    string Answer(HttpRequest request)
    {
        Record(request);
        return "answered";
    }

    async Task HoldAsync(HttpContext context)
    {
        using var left = context.RequestAborted.Register(() => _left.TrySetResult());
        _held.TrySetResult();
        await _left.Task;
    }

    void Break(HttpContext context)
    {
        Record(context.Request);
        context.Abort();
    }

    void Record(HttpRequest request) =>
        _requests.Enqueue(request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase));

    static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[1024];
        var frame = await socket.ReceiveAsync(buffer, context.RequestAborted);
        await socket.SendAsync(buffer.AsMemory(0, frame.Count), frame.MessageType, true, context.RequestAborted);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }
}
