using System.Text;
using Microsoft.Extensions.Options;
using Tidings.Grains.Cluster;
using Tidings.Grains.Logs;

namespace Tidings.Grains.Smc;

public sealed class SmcElementsTests
{
    private static readonly TidingsLimits Limits = new() { SmcEventsWaiting = 3 };
    private readonly IMessageLog _log = LogProxy.Of(new MemoryMessageLog(Options.Create(Limits), TimeProvider.System));

    private LogProxy Proxy => (LogProxy)(object)_log;

    [Fact]
    public async Task Changes_are_published_in_their_order_to_their_elements_channel()
    {
        await using var cluster = await StartAsync();
        var elements = Of(cluster);
        var made = (await elements.Create("h", "{}"u8.ToArray(), Bytes("create"))).Element!;
        foreach (var kind in new[] { SmcChangeKind.Update, SmcChangeKind.Trash, SmcChangeKind.Restore, SmcChangeKind.Delete })
        {
            Assert.Equal(SmcElementStatus.Done, (await elements.Change(ChangeOf(made.Id, kind))).Status);
        }

        Assert.Equal("create Update Trash Restore Delete", await PublishedAsync(cluster, made.Id));
        Assert.Null(await elements.Get(made.Id));
        Assert.Equal("2", (await elements.Create("i", [], Bytes("create"))).Element!.Id);
    }

    [Fact]
    public async Task A_change_is_stored_while_the_log_is_down_and_published_once_it_is_up()
    {
        await using var cluster = await StartAsync();
        var elements = Of(cluster);
        var made = (await elements.Create("h", [], Bytes("create"))).Element!;
        Proxy.IsUnwilling = true;
        Assert.Equal(SmcElementStatus.Done, (await elements.Change(ChangeOf(made.Id, SmcChangeKind.Update))).Status);
        Assert.Equal(SmcElementStatus.Done, (await elements.Change(ChangeOf(made.Id, SmcChangeKind.Trash))).Status);
        Assert.Equal("create", await PublishedAsync(cluster, made.Id));

        Proxy.IsUnwilling = false;
        await Eventually.Is(
            async () => await PublishedAsync(cluster, made.Id) == "create Update Trash", () => "the changes made while the log was down");
    }

    [Fact]
    public async Task So_many_changes_wait_for_the_log_and_no_more()
    {
        await using var cluster = await StartAsync();
        var elements = Of(cluster);
        Proxy.IsUnwilling = true;
        for (var i = 0; i < Limits.SmcEventsWaiting; i++)
        {
            Assert.Equal(SmcElementStatus.Done, (await elements.Create($"h{i}", [], Bytes("create"))).Status);
        }

        Assert.Equal(SmcElementStatus.Busy, (await elements.Create("more", [], Bytes("create"))).Status);
        Assert.Equal(SmcElementStatus.Busy, (await elements.Change(ChangeOf("1", SmcChangeKind.Delete))).Status);
        Assert.Equal(Limits.SmcEventsWaiting, (await elements.List(trashed: false)).Length);
    }

    [Fact]
    public async Task A_users_own_element_is_made_once()
    {
        await using var cluster = await StartAsync();
        var elements = Of(cluster);
        var first = await elements.Ensure("ann", [], Bytes("create"));
        var second = await elements.Ensure("ann", [], Bytes("create"));
        Assert.Equal(first.Element!.Id, second.Element!.Id);
        Assert.Equal("create", await PublishedAsync(cluster, first.Element.Id));
    }

    private Task<TestCluster> StartAsync() => TestCluster.StartAsync(1, Limits, log: _log);

    private static ISmcElementsGrain Of(TestCluster cluster) =>
        cluster.Client.GetGrain<ISmcElementsGrain>(SmcElementChange.KeyOf("t", "host"));

    private async Task<string> PublishedAsync(TestCluster cluster, string id)
    {
        Assert.Same(_log, cluster.Log);
        var read = await _log.ReadAsync(new ChannelId("t", $"/elements/host/{id}"), 0, 100);
        return string.Join(' ', read.Messages.Select(message => Encoding.UTF8.GetString(message.Item.Body)));
    }

    private static SmcElementChange ChangeOf(string id, SmcChangeKind kind) => new() { Kind = kind, Id = id, Happened = Bytes($"{kind}") };

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
