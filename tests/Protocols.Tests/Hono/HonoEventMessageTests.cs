using Tidings.Protocols.Hono;

namespace Tidings.Protocols.Tests.Hono;

public sealed class HonoEventMessageTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);

    private static readonly ConnectionEvent Happened =
        new() { Cause = ConnectionCause.Connected, RemoteId = "10.0.0.1:4711", Source = "tidings-bayeux" };

    [Fact]
    public void A_message_has_the_event_APIs_properties()
    {
        var message = HonoEventMessage.Of(Happened, "acme", "sensor-1", 7, Now);
        Assert.Equal("event/acme", message.Address);
        Assert.Equal("application/vnd.eclipse-hono-dc-notification+json", message.ContentType);
        Assert.Equal("tidings-bayeux-7", message.MessageId);
        Assert.Equal(Now, message.CreationTime);
        Assert.True(message.Durable);
        Assert.Null(message.TimeToLive);
        Assert.Equal("sensor-1", message.ApplicationProperties["device_id"]);
        Assert.Equal(1, message.ApplicationProperties["qos"]);
        Assert.Equal(2, message.ApplicationProperties.Count);
        Assert.Equal("acme", message.Annotations["tenant_id"]);
        Assert.Equal("event/acme/sensor-1", message.Annotations["resource"]);
        Assert.Equal("""{"cause":"connected","remote-id":"10.0.0.1:4711","source":"tidings-bayeux"}""", Text.Of(message.Body.Span));
    }

    [Theory]
    [InlineData(500, null, 500)]
    [InlineData(null, 60, 60)]
    [InlineData(500, 60, 60)]
    [InlineData(60, 500, 60)]
    [InlineData(null, null, null)]
    public void The_time_to_live_is_the_bound_or_the_smaller_default(int? most, int? usual, int? expected)
    {
        var defaults = new HonoTenantDefaults { MaxTimeToLive = Seconds(most), DefaultTimeToLive = Seconds(usual) };
        Assert.Equal(Seconds(expected), HonoEventMessage.Of(Happened, "t", "d", 1, Now, defaults).TimeToLive);
    }

    [Fact]
    public void A_tenants_defaults_are_added_and_replace_nothing()
    {
        var defaults = new HonoTenantDefaults
        {
            Properties = new Dictionary<string, object> { ["foo"] = "bar", ["device_id"] = "evil", ["qos"] = 0, ["content-type"] = "text/plain", ["ttl"] = 5 },
        };
        var message = HonoEventMessage.Of(Happened, "t", "d", 1, Now, defaults);
        Assert.Equal(["device_id", "foo", "qos"], message.ApplicationProperties.Keys);
        Assert.Equal("d", message.ApplicationProperties["device_id"]);
        Assert.Equal(ConnectionEvent.ContentType, message.ContentType);
    }

    [Theory]
    [InlineData(null, ConnectionEventProducerKind.Logging)]
    [InlineData("", ConnectionEventProducerKind.Logging)]
    [InlineData("Logging", ConnectionEventProducerKind.Logging)]
    [InlineData("EVENTS", ConnectionEventProducerKind.Events)]
    [InlineData("none", ConnectionEventProducerKind.None)]
    [InlineData("foo", ConnectionEventProducerKind.None)]
    public void The_producers_name_has_no_case_and_unknown_ones_are_none(string? text, ConnectionEventProducerKind kind) =>
        Assert.Equal(kind, ConnectionEventSettings.ReadProducer(text));

    [Theory]
    [InlineData(null, ConnectionEventLogLevel.Info)]
    [InlineData("Info", ConnectionEventLogLevel.Info)]
    [InlineData("DEBUG", ConnectionEventLogLevel.Debug)]
    public void The_log_level_is_info_or_debug(string? text, ConnectionEventLogLevel level) =>
        Assert.Equal(level, ConnectionEventSettings.ReadLogLevel(text));

    [Fact]
    public void Another_log_level_is_an_error() =>
        Assert.Contains("unsupported log level", Assert.Throws<ArgumentException>(() => ConnectionEventSettings.ReadLogLevel("warn")).Message);

    private static TimeSpan? Seconds(int? seconds) => seconds is { } known ? TimeSpan.FromSeconds(known) : null;
}
