using System.Diagnostics;
using Tidings.Conformance.Catalog;
using Tidings.Conformance.Client;

namespace Tidings.Conformance.Cases;

/// <summary>Lazy channels: messages that may wait for company.</summary>
static class LazyCases
{
    [Case(58, "A message on a lazy channel does not release the connect at once but after the lazy timeout", Needs = Needs.Lazy)]
    static async Task Lazy_message_waits_for_its_timeout(CaseContext c)
    {
        var lazy = c.Under("/lazy");
        var (client, publisher) = (await c.SubscribedAsync(lazy), await c.ConnectedAsync());
        _ = client.HoldAsync();
        var published = Stopwatch.StartNew();
        Expect.Success(await publisher.PublishAsync(lazy, 1));
        Expect.Data(await c.WithinAsync(c.Target.Hold - (c.Target.LazyTimeout!.Value / 2), client.ReceiveAsync(lazy), "the lazy message"), 1);
        Expect.That(published.Elapsed >= c.Target.LazyTimeout.Value / 2, $"the lazy message came after {published.ElapsedMilliseconds} ms");
    }

    [Case(58, "A lazy message rides with the next message that is not lazy", On.Http, Part = "a", Needs = Needs.Lazy)]
    static async Task Lazy_message_rides_along(CaseContext c)
    {
        var (lazy, news) = (c.Under("/lazy"), c.Channel("news"));
        var (client, publisher) = (await c.SubscribedAsync(lazy, news), await c.ConnectedAsync());
        var held = client.HoldAsync();
        Expect.Success(await publisher.PublishAsync(lazy, 1));
        Expect.Success(await publisher.PublishAsync(news, 2));
        var response = await c.WithinAsync(c.Prompt, held, "the connect");
        Expect.Data(response.Deliveries.OrderBy(message => (int)message["data"]!), 1, 2);
    }

    [Case(59, "A channel is lazy by a wildcard that matches it, not by its parent", Needs = Needs.Lazy)]
    static async Task Laziness_is_not_inherited_from_the_parent(CaseContext c)
    {
        var child = c.Under("/lazynews");
        var (client, publisher) = (await c.SubscribedAsync(child), await c.ConnectedAsync());
        _ = client.HoldAsync();
        Expect.Success(await publisher.PublishAsync(child, 1));
        Expect.Data(await c.WithinAsync(c.Target.LazyTimeout!.Value / 2, client.ReceiveAsync(child), "the message of the child channel"), 1);
    }
}
