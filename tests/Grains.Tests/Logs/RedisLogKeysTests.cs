namespace Tidings.Grains.Logs;

public sealed class RedisLogKeysTests
{
    [Theory]
    [InlineData("/a")]
    [InlineData("/{b}/}c{")]
    public void All_keys_of_a_tenant_begin_with_one_hash_tag(string name)
    {
        var (keys, channel) = (new RedisLogKeys("service"), new ChannelId("acme", name));
        string[] all =
        [
            keys.Head(channel)!, keys.Log(channel)!, keys.Silos(channel)!,
            keys.Sequence("acme")!, keys.Changed("acme")!, keys.Oldest("acme")!, keys.Used("acme")!, keys.Forgotten("acme")!,
        ];
        Assert.All(all, key => Assert.StartsWith("{service/acme/0}:", key, StringComparison.Ordinal));
        Assert.Equal(all.Length, all.Distinct().Count());
    }
}
