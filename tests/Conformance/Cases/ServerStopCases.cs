using Tidings.Conformance.Catalog;
using Tidings.Conformance.Client;
using Tidings.Conformance.Sites;
using Tidings.Conformance.Wire;

namespace Tidings.Conformance.Cases;

/// <summary>What clients see of a server that goes and comes back.</summary>
static class ServerStopCases
{
    [Case(72, "A server that is stopped releases or cuts the held connects of all transports at once, and started again it asks for a handshake", On.LongPolling, Needs = Needs.Process)]
    static async Task Stop_releases_connects(CaseContext c)
    {
        var port = LoopbackPort.Free();
        var ids = new Dictionary<Transport, string>();
        await using (var server = await c.Site.StartOwnAsync(port))
        {
            var clients = await Task.WhenAll(Enum.GetValues<Transport>().Select(transport => ContextOn(c, server, transport).ConnectedAsync()));
            var held = Task.WhenAll(clients.Select(client => EndAsync(client.HoldAsync())));
            await c.PassAsync(c.Target.Hold / 10);
            var stopped = server.StopAsync(c.Cancellation);
            await c.WithinAsync(c.Prompt, held, "the end of the held connects");
            await stopped;
            ids = clients.ToDictionary(client => client.Wire.Transport, client => client.Id);
        }

        await using var restarted = await c.Site.StartOwnAsync(port);
        foreach (var (transport, id) in ids)
        {
            var again = await ContextOn(c, restarted, transport).StrangerAsync(id);
            Expect.Advice(Expect.Error(await again.ConnectAsync(timeout: 0)), "reconnect", "handshake");
        }
    }

    static CaseContext ContextOn(CaseContext c, ServerProcess server, Transport transport) =>
        c.Owned(new CaseContext(c.Site, c.Target with { Endpoint = new Uri(server.Address, "/cometd") }, transport));

    /// <summary>Answered or cut: either is an end.</summary>
    static async Task<bool> EndAsync(Task<Exchange> held)
    {
        try
        {
            return !(await held).Refused;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return false;
        }
    }
}
