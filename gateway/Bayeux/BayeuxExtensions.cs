using System.Buffers;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>Runs the registered extensions; one that throws is logged and passed over.</summary>
internal sealed partial class BayeuxExtensions(IEnumerable<IBayeuxExtension> extensions, TimeProvider time, ILogger<BayeuxExtensions> logger)
{
    private readonly IBayeuxExtension[] _extensions = [.. extensions];

    public bool Any => _extensions.Length > 0;

    public async ValueTask<bool> IncomingAsync(BayeuxExchange exchange, BayeuxMessage message)
    {
        foreach (var extension in _extensions)
        {
            try
            {
                if (!await extension.IncomingAsync(exchange, message))
                {
                    return false;
                }
            }
            catch (Exception exception)
            {
                Log.ExtensionFailed(logger, extension.GetType().Name, exception);
            }
        }

        return true;
    }

    public async ValueTask OutgoingAsync(BayeuxExchange exchange, BayeuxMessage request, BayeuxMessage reply)
    {
        AnswerTimeSync(exchange, request, reply);
        for (var i = _extensions.Length - 1; i >= 0; i--)
        {
            try
            {
                await _extensions[i].OutgoingAsync(exchange, request, reply);
            }
            catch (Exception exception)
            {
                Log.ExtensionFailed(logger, _extensions[i].GetType().Name, exception);
            }
        }
    }

    /// <summary>CometD's timesync extension: answered wherever a meta message asks.</summary>
    private void AnswerTimeSync(BayeuxExchange exchange, BayeuxMessage request, BayeuxMessage reply)
    {
        if (request.Ext.IsEmpty || request.Channel?.StartsWith("/meta/", StringComparison.Ordinal) != true || !TimeSync.TryRead(request.Ext, out var asked))
        {
            return;
        }

        if (TimeSync.Answer(asked, exchange.ReceivedAt, time.GetUtcNow().ToUnixTimeMilliseconds()) is { } timeSync)
        {
            var ext = new ArrayBufferWriter<byte>(128);
            TimeSync.Write(ext, reply.Ext.Span, timeSync);
            reply.Ext = ext.WrittenMemory;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2221, LogLevel.Error, "Extension {Extension} failed and was passed over")]
        public static partial void ExtensionFailed(ILogger logger, string extension, Exception exception);
    }
}
