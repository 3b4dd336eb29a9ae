using System.Net;

namespace Tidings.Benchmarks.Targets;

/// <summary>A collector that takes whatever is sent to it and keeps nothing.</summary>
internal sealed class CollectorSink : IDisposable
{
    readonly HttpListener _listener = new();

    public CollectorSink()
    {
        Address = $"http://{ServerProcess.FreeAddress()}/";
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _ = ServeAsync();
    }

    public string Address { get; }

    public void Dispose() => _listener.Close();

    async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                await context.Request.InputStream.CopyToAsync(Stream.Null);
                context.Response.Close();
            }
            catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException or IOException)
            {
                // The server went in the middle of a request, or the listener was closed.
            }
        }
    }
}
