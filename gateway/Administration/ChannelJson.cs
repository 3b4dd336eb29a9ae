namespace Tidings.Gateway.Administration;

/// <summary>A channel in a list.</summary>
internal sealed record ChannelJson(string Name, string Tenant, long Head, long First, long Epoch, long Bytes, long Subscribers, double Rate)
{
    public static ChannelJson Of(string tenant, ChannelView channel) => new(
        channel.Name, tenant, channel.Head.Offset, channel.First, channel.Head.Epoch, channel.Bytes, channel.Subscribers, channel.Rate);
}

/// <summary>A channel, looked at.</summary>
internal sealed record ChannelDetailJson(
    string Name, string Tenant, long Head, long First, long Epoch, long Bytes, long Subscribers, double Rate, string[] Silos, string[] Patterns)
{
    public static ChannelDetailJson Of(string tenant, ChannelDetail detail)
    {
        var channel = ChannelJson.Of(tenant, detail.Channel);
        return new ChannelDetailJson(
            channel.Name, tenant, channel.Head, channel.First, channel.Epoch, channel.Bytes, channel.Subscribers, channel.Rate, detail.Silos, detail.Patterns);
    }
}
