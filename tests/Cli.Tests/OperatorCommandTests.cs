using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tidings.Cli.Tests;

/// <summary>sessions, channels, drain and status against a server that answers as the admin API does.</summary>
public sealed class OperatorCommandTests : IAsyncLifetime
{
    private readonly List<string> _asked = [];
    private WebApplication _app = null!;
    private int _left = 3;
    private int _unlisted;
    private int _away;
    private string _gateway = "gw-1";

    private Uri Address => new(_app.Urls.First());

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapGet("/health/ready", static () => Results.Ok());
        _app.MapGet("/api/admin/status", () => _away-- > 0 ? Results.Problem("The cluster does not answer; try again.", statusCode: StatusCodes.Status503ServiceUnavailable) : Json(new JsonObject
        {
            ["silos"] = new JsonArray(new JsonObject { ["id"] = "S1", ["name"] = "silo-1", ["address"] = "10.0.0.1:11111", ["status"] = "active", ["version"] = "0.1.0", ["load"] = new JsonObject { ["cpu"] = 12.5 } }),
            ["gateways"] = _unlisted-- > 0 ? [] : new JsonArray(new JsonObject { ["id"] = _gateway, ["status"] = "ready", ["load"] = new JsonObject { ["memoryBytes"] = 155_000_000, ["sessions"] = _left > 0 ? _left-- : 0 } }),
        }));
        _app.MapGet("/api/admin/sessions", (HttpRequest request) => Json(PageAfter(request)));
        _app.MapGet("/api/admin/sessions/{id}", static (string id) => id == "s1"
            ? Json(new JsonObject { ["id"] = id, ["user"] = "ann", ["channels"] = new JsonArray(new JsonObject { ["channel"] = "/a", ["cursor"] = 17, ["head"] = 20 }) })
            : Results.Problem("There is no such thing.", statusCode: StatusCodes.Status404NotFound));
        _app.MapDelete("/api/admin/sessions/{id}", (string id) => Note($"end {id}"));
        _app.MapGet("/api/admin/channels", () => Json(new JsonObject { ["items"] = new JsonArray(new JsonObject { ["name"] = "/a/\u001b[31m", ["head"] = 20 }), ["next"] = null }));
        _app.MapGet("/api/admin/channels/{**path}", static (string path) => Json(new JsonObject { ["name"] = "/" + path, ["head"] = 20, ["silos"] = new JsonArray("S1") }));
        _app.MapPost("/api/admin/gateways/{id}/drain", static (string id) => id == "gw-1"
            ? Json(new JsonObject { ["id"] = id, ["status"] = "draining", ["sessions"] = 3 })
            : Results.Problem(statusCode: StatusCodes.Status404NotFound));
        await _app.StartAsync();
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Sessions_are_listed_through_all_pages()
    {
        using var list = await CommandRun.DoneAsync(Address, ExitCodes.Done, "sessions", "list", "ann bob", "--tenant", "red");
        using var two = await CommandRun.DoneAsync(Address, ExitCodes.Done, "sessions", "list", "--limit", "2", "--json");

        Assert.Equal(["ID", "s1", "s2", "s3"], list.Lines.Select(static line => line.Split(' ')[0]));
        Assert.Equal(["s1", "ann", "bayeux", "-", "-", "-", "1", "-"], list.Lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, two.Json.AsArray().Count);
        Assert.Equal("limit=100 query=ann bob after= tenant=red", _asked[0]);
        Assert.Equal("limit=98 query=ann bob after=2 tenant=red", _asked[1]);
    }

    [Fact]
    public async Task A_session_is_shown_and_ended()
    {
        using var show = await CommandRun.DoneAsync(Address, ExitCodes.Done, "sessions", "show", "s1");
        using var end = await CommandRun.DoneAsync(Address, ExitCodes.Done, "sessions", "end", "s1");
        using var unknown = await CommandRun.DoneAsync(Address, ExitCodes.NotFound, "sessions", "show", "s9");

        Assert.Equal(["id s1", "user ann", "CHANNEL CURSOR HEAD", "/a 17 20"], show.Lines.Select(static line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
        Assert.Equal(["s1 ended"], end.Lines);
        Assert.Contains("end s1", _asked);
        Assert.Contains("There is no such thing.", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Channels_are_listed_and_shown()
    {
        using var list = await CommandRun.DoneAsync(Address, ExitCodes.Done, "channels", "list");
        using var show = await CommandRun.DoneAsync(Address, ExitCodes.Done, "channels", "show", "/a/b", "--json");

        Assert.StartsWith("/a/\\u001b[31m ", list.Lines[1], StringComparison.Ordinal);
        Assert.Equal("/a/b", (string?)show.Json["name"]);
    }

    [Fact]
    public async Task A_drain_waits_for_the_last_session()
    {
        using var drain = await CommandRun.DoneAsync(Address, ExitCodes.Done, "drain", "gw-1", "--json");
        using var unknown = await CommandRun.DoneAsync(Address, ExitCodes.NotFound, "drain", "gw-9");

        Assert.Equal(0, _left);
        Assert.Equal("""{"id":"gw-1","sessions":0}""", drain.Out.Trim());
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_or_list_the_gateway_for_a_moment_is_waited_for()
    {
        (_unlisted, _away) = (2, 2);
        using var drain = await CommandRun.DoneAsync(Address, ExitCodes.Done, "drain", "gw-1");
        Assert.Equal(0, _left);

        (_left, _unlisted) = (3, 100);
        using var gone = await CommandRun.DoneAsync(Address, ExitCodes.Done, "drain", "gw-1");
        Assert.Equal(["gw-1 has no sessions left"], gone.Lines);
        Assert.Equal(3, _left);
    }

    [Fact]
    public async Task A_drain_that_takes_too_long_is_incomplete()
    {
        _left = 1000;

        using var drain = await CommandRun.DoneAsync(Address, ExitCodes.Incomplete, "drain", "gw-1", "--for", "0.5");
        using var started = await CommandRun.DoneAsync(Address, ExitCodes.Done, "drain", "gw-1", "--no-wait");

        Assert.EndsWith("sessions left", drain.Lines[0], StringComparison.Ordinal);
        Assert.Equal(["gw-1 has 3 sessions left"], started.Lines);
    }

    [Fact]
    public async Task What_is_wider_than_a_terminal_is_not_cut_into_pieces()
    {
        _gateway = "gateway-of-a-machine-with-a-long-name-1a2b3c4d5e6f-and-more-than-eighty-columns-need";

        using var status = CommandRun.Start(Address, ["status"], interactive: true);

        Assert.Equal(ExitCodes.Done, await status.ExitCode);
        Assert.Contains(status.Lines, line => line.Contains(_gateway, StringComparison.Ordinal) && line.Contains(" 148 MiB ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Status_shows_silos_and_gateways()
    {
        using var status = await CommandRun.DoneAsync(Address, ExitCodes.Done, "status");

        Assert.Equal(["silo-1", "10.0.0.1:11111", "active", "0.1.0", "12.5", "-"], status.Lines[2].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("gw-1", status.Lines[4], StringComparison.Ordinal);
    }

    private static IResult Json(JsonNode node) => Results.Text(node.ToJsonString(), "application/json");

    private IResult Note(string what)
    {
        _asked.Add(what);
        return Results.NoContent();
    }

    /// <summary>Three sessions, two a page at most.</summary>
    private JsonObject PageAfter(HttpRequest request)
    {
        string Said(string name) => $"{name}={request.Query[name]}";
        _asked.Add(string.Join(' ', new[] { "limit", "query", "after", "tenant" }.Select(Said)));
        var first = int.TryParse(request.Query["after"], out var after) ? after : 0;
        var items = Enumerable.Range(first + 1, 3).Where(static n => n <= 3).Take(2).Select(static n => (JsonNode)new JsonObject { ["id"] = $"s{n}", ["user"] = "ann", ["protocol"] = "bayeux", ["subscriptions"] = 1 });
        return new JsonObject { ["items"] = new JsonArray([.. items]), ["next"] = first == 0 ? "2" : null };
    }
}
