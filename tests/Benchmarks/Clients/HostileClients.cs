using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Tidings.Benchmarks.Clients;

/// <summary>Bayeux clients that behave badly: readers that stop reading, sessions nobody comes back for, handshakes without end.</summary>
internal sealed class HostileClients : IDisposable
{
    const string Channel = "/hostile";
    const int HeavyBytes = 16 * 1024;
    const int AtOnce = 8;
    static readonly TimeSpan HeavyPeriod = TimeSpan.FromMilliseconds(10);

    readonly Uri _server;
    readonly HttpClient _http;
    readonly HttpClient _flood;
    readonly List<ClientWebSocket> _readers = [];
    readonly CancellationTokenSource _done = new();
    readonly CancellationTokenSource _calm = new();
    volatile bool _stopped;
    long _heavy;
    long _refused;
    long _taken;

    HostileClients(IPEndPoint server)
    {
        _server = new Uri($"http://{server}/");
        _http = From(new IPAddress([127, 0, 0, 3]));
        _flood = From(new IPAddress([127, 0, 0, 2]));
    }

    /// <summary>Handshakes of the flood that made sessions.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Handshakes of the flood that did not.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Heavy messages published.</summary>
    public long Heavy => Volatile.Read(ref _heavy);

    /// <summary>Readers of a channel with much traffic, half of them polling; as yet they read.</summary>
    public static async Task<HostileClients> OpenAsync(IPEndPoint server, int readers)
    {
        var clients = new HostileClients(server);
        for (var i = 0; i < readers; i++)
            await (i % 2 == 0 ? clients.AddSocketAsync() : clients.AddPollerAsync());
        _ = clients.PublishAsync();
        return clients;
    }

    public void StopReading() => _stopped = true;

    /// <summary>Sessions with a subscription whose clients are not heard of again.</summary>
    public Task AbandonAsync(int sessions) => Parallel.ForEachAsync(
        Enumerable.Range(0, sessions), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (_, _) => await SubscribedAsync("long-polling"));

    /// <summary>Handshakes one after the other, several at a time, from an address of their own.</summary>
    public void Flood(int atOnce)
    {
        for (var i = 0; i < atOnce; i++)
            _ = Task.Run(FloodAsync);
    }

    /// <summary>Ends the flood.</summary>
    public void Calm() => _calm.Cancel();

    public void Dispose()
    {
        _calm.Cancel();
        _done.Cancel();
        _readers.ForEach(reader => reader.Dispose());
        _http.Dispose();
        _flood.Dispose();
    }

    async Task AddSocketAsync()
    {
        var socket = new ClientWebSocket();
        _readers.Add(socket);
        await socket.ConnectAsync(new UriBuilder(_server) { Scheme = "ws", Path = "/cometd" }.Uri, _done.Token);
        var id = await SubscribedAsync("websocket");
        await ConnectAsync(socket, id);
        _ = Task.Run(() => ReadAsync(socket, id));
    }

    async Task ReadAsync(ClientWebSocket socket, string id)
    {
        var buffer = new byte[64 * 1024];
        while (!_stopped && !_done.IsCancellationRequested)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), _done.Token);
            if (buffer.AsSpan(0, part.Count).IndexOf("\"/meta/connect\""u8) >= 0)
                await ConnectAsync(socket, id);
        }
    }

    async Task ConnectAsync(ClientWebSocket socket, string id) =>
        await socket.SendAsync(Encoding.UTF8.GetBytes(Connect(id, "websocket")), WebSocketMessageType.Text, true, _done.Token);

    async Task AddPollerAsync()
    {
        var id = await SubscribedAsync("long-polling");
        _ = Task.Run(() => PollAsync(id));
    }

    async Task PollAsync(string id)
    {
        while (!_stopped && !_done.IsCancellationRequested)
            await SendAsync(_http, Connect(id, "long-polling"));
    }

    async Task PublishAsync()
    {
        var body = new string('x', HeavyBytes);
        using var ticks = new PeriodicTimer(HeavyPeriod);
        while (await ticks.WaitForNextTickAsync(_done.Token))
        {
            using var content = new StringContent(body);
            using var response = await _http.PostAsync("channels" + Channel, content, _done.Token);
            response.EnsureSuccessStatusCode();
            Interlocked.Increment(ref _heavy);
        }
    }

    async Task FloodAsync()
    {
        while (!_calm.IsCancellationRequested)
        {
            var reply = await SendAsync(_flood, Handshake("long-polling"));
            Interlocked.Increment(ref reply.Contains("\"successful\":true", StringComparison.Ordinal) ? ref _taken : ref _refused);
        }
    }

    async Task<string> SubscribedAsync(string connectionType)
    {
        const string Name = "\"clientId\":\"";
        var reply = await SendAsync(_http, Handshake(connectionType));
        var at = reply.IndexOf(Name, StringComparison.Ordinal) + Name.Length;
        if (at < Name.Length)
            throw new BenchmarkException("the server refused: " + reply);
        var id = reply[at..reply.IndexOf('"', at)];
        await SendAsync(_http, $$"""[{"channel":"/meta/subscribe","clientId":"{{id}}","subscription":"{{Channel}}"}]""");
        return id;
    }

    async Task<string> SendAsync(HttpClient http, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync("cometd", content, _done.Token);
        return await response.Content.ReadAsStringAsync(_done.Token);
    }

    HttpClient From(IPAddress source) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(source, 0));
            await socket.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = _server,
    };

    static string Handshake(string connectionType) => $$"""[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["{{connectionType}}"]}]""";

    static string Connect(string id, string connectionType) => $$"""[{"channel":"/meta/connect","clientId":"{{id}}","connectionType":"{{connectionType}}"}]""";
}
