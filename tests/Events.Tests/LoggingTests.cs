using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Events.Tests;

/// <summary>Which producer is selected, and what <c>logging</c> writes. Numbers are those of Hono's behaviour, item by item.</summary>
public sealed class LoggingTests
{
    [Fact]
    public async Task By_default_a_connection_is_one_line_and_no_event() // 1, 10, 11, 14
    {
        await using var server = await EventServer.StartAsync();
        var client = await server.OpenAsync("alice");
        await LinesAsync(server, 1);
        await server.CloseAsync("alice", client!);
        await LinesAsync(server, 2);

        Assert.Equal([LogLevel.Information, LogLevel.Information], server.Log.Lines.Select(static line => line.Level));
        Assert.StartsWith("connected - ID: 127.0.0.1, Protocol Adapter: tidings-bayeux, Tenant: default, Device: alice, Data: {", server.Log.Lines.First().Text);
        Assert.StartsWith("disconnected - ID: 127.0.0.1, Protocol Adapter: tidings-bayeux, Tenant: default, Device: alice, Data: {", server.Log.Lines.Last().Text);
        Assert.Contains("\"reason\":\"closed\"", server.Log.Lines.Last().Text);
        Assert.DoesNotContain(server.Log.Lines, line => line.Text.Contains(client!, StringComparison.Ordinal));
        Assert.Empty(await server.EventsAsync());
    }

    [Fact]
    public async Task An_unauthenticated_client_is_logged_without_a_device() // 19
    {
        await using var server = await EventServer.StartAsync();
        await server.OpenAsync();
        await LinesAsync(server, 1);
        Assert.Contains("Device: null,", server.Log.Lines.First().Text);
    }

    [Theory]
    [InlineData("none")] // 2
    [InlineData("foo")] // 4
    public async Task None_and_what_is_not_known_do_nothing(string producer)
    {
        await using var server = await EventServer.StartAsync(("Tidings:ConnectionEvents:Producer", producer));
        await server.CloseAsync("alice", (await server.OpenAsync("alice"))!);
        Assert.Empty(server.Log.Lines);
        Assert.Empty(await server.EventsAsync());
    }

    [Fact]
    public async Task Another_log_level_than_info_and_debug_stops_the_start() // 5
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => EventServer.StartAsync(("Tidings:ConnectionEvents:LogLevel", "warn")));
        Assert.Contains("unsupported log level: warn", failure.Message);
    }

    [Theory]
    [InlineData("Tenants:red:MaxTtl", "999999999999999")]
    [InlineData("Tenants:*:Ttl", "0")]
    [InlineData("Amqp:Links", "0")]
    [InlineData("Patience", "-00:01:00")]
    public async Task A_setting_out_of_its_range_is_refused_at_the_start(string key, string value) =>
        await Assert.ThrowsAsync<OptionsValidationException>(() => EventServer.StartAsync(($"Tidings:ConnectionEvents:{key}", value)));

    [Fact]
    public async Task The_level_debug_is_honoured_by_honos_own_name() // 6
    {
        await using var server = await EventServer.StartAsync(("hono:connectionEvents:logLevel", "DEBUG"));
        await server.OpenAsync("alice");
        await LinesAsync(server, 1);
        Assert.Equal(LogLevel.Debug, server.Log.Lines.First().Level);
    }

    [Theory] // 3, 7
    [InlineData("Tidings:ConnectionEvents:Producer", "EVENTS")]
    [InlineData("hono:connectionEvents:producer", "events")]
    [InlineData("hono.connectionEvents.producer", "events")]
    [InlineData("HONO_CONNECTIONEVENTS_PRODUCER", "events")]
    [InlineData("HONO_CONNECTION_EVENTS_PRODUCER", "Events")]
    public async Task Every_name_of_the_setting_selects_events(string key, string value)
    {
        await using var server = await EventServer.StartAsync((key, value));
        await server.OpenAsync("alice");
        await server.EventsAsync(1);
        Assert.Empty(server.Log.Lines);
    }

    private static Task LinesAsync(EventServer server, int count) =>
        Eventually.TrueAsync(() => server.Log.Lines.Count == count, () => $"{count} lines; came {server.Log.Lines.Count}");
}
