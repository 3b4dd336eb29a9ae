namespace Tidings.EchoSample;

/// <summary>Answers every message on <c>/service/echo</c> with its own data.</summary>
internal sealed class EchoService : IServiceHandler
{
    public string Channel => "/service/echo";

    public Task HandleAsync(ServiceCall call, CancellationToken cancellationToken) =>
        call.ReplyAsync(call.Data, ext: Trace.Append(call.Ext, "service"));
}

/// <summary>Ends the session of whoever publishes to <c>/service/kick</c>.</summary>
internal sealed class KickService : IServiceHandler
{
    public string Channel => "/service/kick";

    public Task HandleAsync(ServiceCall call, CancellationToken cancellationToken) => call.DisconnectAsync();
}
