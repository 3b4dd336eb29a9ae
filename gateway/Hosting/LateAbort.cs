using Microsoft.AspNetCore.Http.Features;

namespace Tidings.Gateway.Hosting;

/// <summary>
/// Has the end of a socket wait a moment. The framework sends a close frame to a client that breaks the WebSocket protocol, such as by text that is not
/// UTF-8 (RFC 6455, section 8.1), and aborts the connection at once, which takes the frame and its close code back before the client could read it.
/// </summary>
internal sealed class LateAbort(IHttpRequestLifetimeFeature connection, TimeProvider time) : IHttpRequestLifetimeFeature
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(250);

    public CancellationToken RequestAborted
    {
        get => connection.RequestAborted;
        set => connection.RequestAborted = value;
    }

    public void Abort() => _ = AbortAsync();

    private async Task AbortAsync()
    {
        await Task.Delay(Moment, time);
        connection.Abort();
    }
}
