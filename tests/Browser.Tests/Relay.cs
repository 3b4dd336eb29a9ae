using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Tidings.Browser;

/// <summary>A TCP relay in front of the gateway that can cut what runs through it, as a network does.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, bool> _clients = new();
    private readonly Uri _target;
    private readonly Task _accepting;
    private volatile bool _down;

    public Relay(Uri target)
    {
        _target = target;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>Resets every connection; new ones are served.</summary>
    public void Cut()
    {
        foreach (var client in _clients.Keys)
            client.Close();
    }

    /// <summary>Resets every connection, and each new one until <see cref="Up"/>.</summary>
    public void Down()
    {
        _down = true;
        Cut();
    }

    public void Up() => _down = false;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Cut();
        await _accepting;
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient near)
    {
        using var far = new TcpClient { NoDelay = true };
        using (near)
        {
            near.NoDelay = true;
            near.LingerState = new LingerOption(true, 0);
            _clients[near] = true;
            try
            {
                if (_down)
                    return;
                await far.ConnectAsync(_target.Host, _target.Port);
                await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(near.GetStream()));
            }
            catch (Exception cut) when (cut is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
            }
            finally
            {
                _clients.TryRemove(near, out _);
            }
        }
    }
}
