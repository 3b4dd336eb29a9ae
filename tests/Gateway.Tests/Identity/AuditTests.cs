using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>The audit log says who did what, on one line, and gives no secret away.</summary>
public sealed class AuditTests
{
    [Fact]
    public async Task Log_ins_refusals_and_changes_are_told_without_secrets()
    {
        using var log = new Recorder();
        await using var server = await SecuredServer.StartAsync(builder => builder.Logging.AddProvider(log));

        (await server.SendAsync(HttpMethod.Get, "/login", SecuredServer.Basic("alice", "a wrong secret"))).Dispose();
        (await server.SendAsync(HttpMethod.Get, "/login", SecuredServer.Basic("al\r\nforged: line", "a wrong secret"))).Dispose();
        var token = await server.TokenAsync("bob");
        (await server.SendAsync(HttpMethod.Put, "/api/admin/tenants/default/users/erin", SecuredServer.Basic("admin"), """{"password":"a new secret"}""")).Dispose();

        var audit = log.Lines.Where(static line => line.Category == "Tidings.Audit").Select(static line => line.Text).ToList();
        Assert.Contains(audit, static text => text.Contains("default/alice", StringComparison.Ordinal) && text.Contains("could not log in", StringComparison.Ordinal));
        Assert.Contains(audit, static text => text.StartsWith("bob of default logged in by token", StringComparison.Ordinal));
        Assert.Contains(audit, static text => text.StartsWith("Changed: user.add default/erin by admin", StringComparison.Ordinal));
        string[] secrets = ["secret", SecuredServer.Password, (string)token["access_token"]!, (string)token["refresh_token"]!, "forged"];
        Assert.All(log.Lines, line => Assert.DoesNotContain(secrets, secret => line.Text.Contains(secret, StringComparison.Ordinal)));
        Assert.All(audit, static text => Assert.DoesNotContain('\n', text));
    }

    [Theory]
    [InlineData("subscribe", "/secret/plan")]
    [InlineData("publish", "/secret/plan")]
    [InlineData("subscribe", "/meta/connect")]
    [InlineData("publish", "/event/default")]
    public async Task A_refused_subscribe_or_publish_is_told(string action, string channel)
    {
        using var log = new Recorder();
        await using var server = await SecuredServer.StartAsync(builder => builder.Logging.AddProvider(log));
        var client = await server.HandshakeAsync(SecuredServer.Basic("alice"));

        await server.BayeuxAsync(action == "publish" ? SecuredServer.Publish(client, channel) : SecuredServer.Subscribe(client, channel), SecuredServer.Basic("alice"));
        (await server.SendAsync(action == "publish" ? HttpMethod.Post : HttpMethod.Get, $"/channels{channel}", SecuredServer.Basic("alice"), action == "publish" ? "1" : null)).Dispose();

        Assert.Equal(2, log.Lines.Count(line => line.Text.StartsWith($"Refused: {action} {channel} for alice of default from ", StringComparison.Ordinal)));
        Assert.DoesNotContain(log.Lines, line => line.Text.Contains(client, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refresh_token_that_comes_again_is_told_as_that()
    {
        using var log = new Recorder();
        await using var server = await SecuredServer.StartAsync(builder => builder.Logging.AddProvider(log));
        var refresh = (string)(await server.TokenAsync("bob"))["refresh_token"]!;

        foreach (var token in new[] { refresh, refresh, "0123.456" })
        {
            (await server.FormAsync("/token", null, ("grant_type", "refresh_token"), ("refresh_token", token))).Dispose();
        }

        string[] refusals = [.. log.Lines.Select(static line => line.Text).Where(static text => text.Contains("could not log in by refresh token", StringComparison.Ordinal))];
        Assert.Equal(2, refusals.Length);
        Assert.Contains(refusals, static text => text.StartsWith("default/bob ", StringComparison.Ordinal) && text.EndsWith("used twice, which ends the log-in", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Text.Contains(refresh, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("bayeux")]
    [InlineData("smartrest")]
    [InlineData("sse")]
    [InlineData("smc login")]
    public async Task Whoever_begins_something_that_lasts_is_told_whatever_the_front_end(string protocol)
    {
        using var log = new Recorder();
        await using var server = await SecuredServer.StartAsync(builder => builder.Logging.AddProvider(log));

        await BeginAsync(server, protocol);

        Assert.Contains(log.Lines, line => line.Text.StartsWith($"alice of red logged in by {protocol} from ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_allowed_is_no_refusal()
    {
        using var log = new Recorder();
        await using var server = await SecuredServer.StartAsync(builder => builder.Logging.AddProvider(log));

        var client = await server.HandshakeAsync(SecuredServer.Basic("alice"));
        await server.BayeuxAsync(SecuredServer.Subscribe(client, "/news/a"), SecuredServer.Basic("alice"));

        Assert.DoesNotContain(log.Lines, static line => line.Text.StartsWith("Refused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_flood_of_refusals_leaves_few_lines()
    {
        using var log = new Recorder();
        await using var server = await SecuredServer.StartAsync(builder => builder.Logging.AddProvider(log), ("Audit:RefusalsAtOnce", "5"), ("Audit:RefusalEvery", "00:01:00"));
        var client = await server.HandshakeAsync(SecuredServer.Basic("alice"));

        await server.BayeuxAsync(string.Join(',', Enumerable.Range(0, 50).Select(_ => SecuredServer.Publish(client, "/secret/plan"))), SecuredServer.Basic("alice"));

        Assert.Equal(5, log.Lines.Count(static line => line.Text.StartsWith("Refused: publish", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_flood_of_wrong_passwords_and_of_callers_without_any_leaves_few_lines_of_whatever_kind()
    {
        using var log = new Recorder();
        await using var server = await SecuredServer.StartAsync(builder => builder.Logging.AddProvider(log), ("Audit:RefusalsAtOnce", "5"), ("Audit:RefusalEvery", "00:01:00"));
        var before = log.Lines.Count;

        for (var i = 0; i < 40; i++)
        {
            (await server.SendAsync(HttpMethod.Get, "/login", SecuredServer.Basic($"user{i}", "wrong"))).Dispose();
            (await server.SendAsync(HttpMethod.Get, "/login", SecuredServer.Bearer("wrong"))).Dispose();
            (await server.SendAsync(HttpMethod.Post, "/s")).Dispose();
        }

        Assert.InRange(log.Lines.Count - before, 5, 20);
    }

    [Fact]
    public async Task A_password_in_an_address_is_in_no_log()
    {
        using var log = new Recorder();
        await using var server = await SecuredServer.StartAsync(builder => builder.Logging.AddProvider(log));
        var handshake = Uri.EscapeDataString($"[{SecuredServer.Handshake("""{"authentication":{"user":"alice","password":"swordfish"}}""")}]");

        (await server.SendAsync(HttpMethod.Get, $"/cometd?jsonp=cb&message={handshake}")).Dispose();
        (await server.SendAsync(HttpMethod.Post, "/7.2/lms_login?login=alice&pwd=swordfish")).Dispose();

        Assert.Contains(log.Lines, static line => line.Text.Contains("default/alice", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, static line => line.Text.Contains("swordfish", StringComparison.Ordinal));
    }

    private static async Task BeginAsync(SecuredServer server, string protocol)
    {
        var alice = SecuredServer.Basic("red/alice");
        switch (protocol)
        {
            case "bayeux":
                await server.HandshakeAsync(alice);
                break;
            case "smartrest":
                await SmartAsync(server, "/s", "11,100,,$.m,$.m\n");
                await SmartAsync(server, "/notification/realtime", "80");
                break;
            case "sse":
                using (var request = new HttpRequestMessage(HttpMethod.Get, "/channels/a") { Headers = { Authorization = alice } })
                {
                    request.Headers.Accept.ParseAdd("text/event-stream");
                    (await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead)).Dispose();
                }

                break;
            default:
                using (var made = await server.SendAsync(HttpMethod.Post, "/api/admin/tenants/red/users/alice/keys", SecuredServer.Basic("admin")))
                {
                    var key = (string)JsonNode.Parse(await made.Content.ReadAsStringAsync())!["key"]!;
                    (await server.SendAsync(HttpMethod.Post, "/7.2/login", null, $$"""{"authenticationkey":"{{key}}"}""")).Dispose();
                }

                break;
        }

        async Task SmartAsync(SecuredServer at, string path, string rows)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Headers = { Authorization = alice }, Content = new StringContent(rows) };
            request.Headers.Add("X-Id", "audited");
            (await at.Http.SendAsync(request)).Dispose();
        }
    }

    private sealed class Recorder : ILoggerProvider
    {
        public ConcurrentQueue<(string Category, string Text)> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

        public void Dispose()
        {
        }

        private sealed class Logger(Recorder recorder, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                recorder.Lines.Enqueue((category, formatter(state, exception)));
        }
    }
}
