using System.Net;
using Microsoft.Extensions.Logging;

namespace Tidings.Client.Transports;

/// <summary>Opens wires: a socket where one can be had, otherwise polls, for a minute until a socket is tried again.</summary>
internal sealed partial class Connector : IDisposable
{
    private static readonly TimeSpan SocketPause = TimeSpan.FromMinutes(1);

    private readonly TidingsClientOptions _options;
    private readonly CredentialSource _credentials;
    private readonly ILogger _logger;
    private readonly HttpMessageInvoker? _own;
    private DateTimeOffset _socketsFrom = DateTimeOffset.MinValue;

    public Connector(TidingsClientOptions options, CredentialSource credentials, ILogger logger)
    {
        _options = options;
        _credentials = credentials;
        _logger = logger;
        Endpoints = new Endpoints(options.Url, options.Hosts);
        _own = options.Http is null ? new HttpMessageInvoker(new SocketsHttpHandler { UseCookies = false, AutomaticDecompression = DecompressionMethods.All, ConnectTimeout = options.OpenTimeout }) : null;
    }

    public Endpoints Endpoints { get; }

    /// <exception cref="LinkLostException">The server cannot be reached, or refuses.</exception>
    public async Task<Wire> OpenAsync(Func<ReadOnlyMemory<byte>, ValueTask> arrived, CancellationToken cancellationToken)
    {
        var credentials = await _credentials.GetAsync(cancellationToken);
        var mayPoll = _options.Transports.HasFlag(TidingsTransports.LongPolling);
        if (!_options.Transports.HasFlag(TidingsTransports.WebSocket) || (mayPoll && _options.Time.GetUtcNow() < _socketsFrom))
        {
            return OpenPolls(arrived);
        }

        using var limit = new CancellationTokenSource(_options.OpenTimeout, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await SocketWire.OpenAsync(Endpoints.Current, Http, credentials?.Header, _options.MaxResponseBytes, arrived, either.Token);
        }
        catch (LinkLostException lost) when (mayPoll && !cancellationToken.IsCancellationRequested && (limit.IsCancellationRequested || IsNoSocket(lost.Status)))
        {
            AvoidSockets(lost.Message);
            return OpenPolls(arrived);
        }
    }

    /// <summary>Polls beside another wire, or as a client's only one.</summary>
    public PollWire OpenPolls(Func<ReadOnlyMemory<byte>, ValueTask> arrived) =>
        new(Endpoints.Current, Http, () => _credentials.Current?.Header, _options.MaxResponseBytes, _options.Time, arrived);

    /// <summary>Sockets open but carry nothing, as behind some proxies, or the server does not offer them.</summary>
    public void AvoidSockets(string reason)
    {
        if (_options.Transports.HasFlag(TidingsTransports.LongPolling))
        {
            Log.FallingBack(_logger, reason);
            _socketsFrom = _options.Time.GetUtcNow() + SocketPause;
        }
    }

    public void Dispose() => _own?.Dispose();

    private HttpMessageInvoker Http => _own ?? _options.Http!();

    /// <summary>Whether an answer means that there are no sockets here; credentials and overload are other matters.</summary>
    private static bool IsNoSocket(HttpStatusCode? status) =>
        status is not null and not HttpStatusCode.Unauthorized and not HttpStatusCode.TooManyRequests and not HttpStatusCode.ServiceUnavailable;

    private static partial class Log
    {
        [LoggerMessage(3101, LogLevel.Information, "Long-polling instead of a WebSocket: {Reason}")]
        public static partial void FallingBack(ILogger logger, string reason);
    }
}
