using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tidings.Gateway.Tests.Server;

[Collection(ServerCollection.Name)]
public sealed class RestTests(GatewayServer server)
{
    private static readonly JsonSerializerOptions Deep = new(JsonSerializerDefaults.Web) { MaxDepth = 1024 };
    private readonly string _channel = GatewayServer.NewChannel();

    private string Url => "/channels" + _channel;

    [Theory]
    [InlineData(255, HttpStatusCode.OK)]
    [InlineData(256, HttpStatusCode.UnsupportedMediaType)]
    public async Task A_media_type_longer_than_is_kept_is_refused(int length, HttpStatusCode status)
    {
        using var content = new ByteArrayContent([1]);
        content.Headers.TryAddWithoutValidation("Content-Type", "image/" + new string('x', length - "image/".Length));

        using var answer = await server.Http.PostAsync("/channels" + GatewayServer.NewChannel(), content);

        Assert.Equal(status, answer.StatusCode);
    }

    [Theory]
    [InlineData("", "application/json")]
    [InlineData("APPLICATION/JSON", "application/json")]
    [InlineData("application/json; charset=", "application/json")]
    [InlineData("text/plain;charset=UTF8", "text/plain;charset=UTF8")]
    [InlineData("application/vnd.own+json", "application/vnd.own+json")]
    [InlineData("foo", null)]
    [InlineData("; charset=utf-8", null)]
    [InlineData("te xt/pl ain", null)]
    [InlineData("application/json, text/plain", null)]
    public async Task What_is_no_media_type_is_refused(string contentType, string? kept)
    {
        using var content = new ByteArrayContent("1"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        using var answer = await server.Http.PostAsync(Url, content);

        Assert.Equal(kept is null ? HttpStatusCode.UnsupportedMediaType : HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(kept is null ? [] : [kept], Messages(await ReadAsync()).Select(static message => (string)message["mediaType"]!));
    }

    [Theory]
    [InlineData("gzip", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("identity", HttpStatusCode.OK)]
    public async Task A_body_with_a_content_coding_is_refused(string coding, HttpStatusCode expected)
    {
        using var content = new ByteArrayContent([0x1F, 0x8B]) { Headers = { { "Content-Type", "application/octet-stream" }, { "Content-Encoding", coding } } };

        Assert.Equal(expected, (await server.Http.PostAsync(Url, content)).StatusCode);
    }

    [Fact]
    public async Task Who_excludes_event_streams_gets_a_page()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Url) { Headers = { { "Accept", "text/event-stream;q=0, application/json" } } };

        using var answer = await server.Http.SendAsync(request);

        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_json_body_is_read_back_as_it_is()
    {
        await PublishAsync("""{"a":[1,"ü",null]}""", "application/json");

        var message = Assert.Single(Messages(await ReadAsync()));
        Assert.Equal("application/json", (string)message["mediaType"]!);
        Assert.Equal("""{"a":[1,"ü",null]}""", message["data"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Fact]
    public async Task A_lone_surrogate_does_not_make_its_channel_unreadable()
    {
        await PublishAsync("""{"a":"\ud800"}""", "application/json");

        var read = await server.Http.GetAsync(Url);

        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        Assert.Contains("""{"a":"\ud800"}""", await read.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_body_is_read_back_as_a_string()
    {
        await PublishAsync("say \"ü\"", "text/plain; charset=utf-8");

        var message = Assert.Single(Messages(await ReadAsync()));
        Assert.Equal("text/plain; charset=utf-8", (string)message["mediaType"]!);
        Assert.Equal("say \"ü\"", (string)message["data"]!);
    }

    [Theory]
    [InlineData("iso-8859-1")]
    [InlineData("\"windows-1252\"")]
    [InlineData("utf-16")]
    public async Task Text_in_another_charset_becomes_utf8(string charset)
    {
        var text = charset == "utf-16" ? Encoding.Unicode.GetBytes("\uFEFFGrüße") : Encoding.Latin1.GetBytes("Grüße");

        var published = await PublishAsync(text, $"text/plain; charset={charset}");

        Assert.Equal(HttpStatusCode.OK, published.StatusCode);
        var message = Assert.Single(Messages(await ReadAsync()));
        Assert.Equal("text/plain; charset=utf-8", (string)message["mediaType"]!);
        Assert.Equal("Grüße", (string)message["data"]!);
    }

    [Theory]
    [InlineData("application/json; charset=iso-8859-1")]
    [InlineData("application/x-ndjson; charset=iso-8859-1")]
    public async Task Json_in_another_charset_becomes_utf8(string mediaType)
    {
        await PublishAsync(Encoding.Latin1.GetBytes("\"Grüße\""), mediaType);

        Assert.Equal("Grüße", (string)Assert.Single(Messages(await ReadAsync()))["data"]!);
    }

    [Theory]
    [InlineData("text/plain; charset=klingon", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json; charset=klingon", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("text/plain; charset=utf-7", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("text/plain; charset=us-ascii", HttpStatusCode.BadRequest)]
    [InlineData("text/plain; charset=utf-8", HttpStatusCode.BadRequest)]
    [InlineData("text/plain", HttpStatusCode.BadRequest)]
    public async Task Text_that_cannot_be_read_is_refused(string mediaType, HttpStatusCode expected)
    {
        Assert.Equal(expected, (await PublishAsync([(byte)'a', 0xFF], mediaType)).StatusCode);

        Assert.Empty(Messages(await ReadAsync()));
    }

    [Fact]
    public async Task Text_that_grows_too_large_in_utf8_is_refused()
    {
        var text = Encoding.Latin1.GetBytes(new string('ü', GatewayServer.MessageBytes));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PublishAsync(text, "text/plain; charset=iso-8859-1")).StatusCode);
    }

    [Fact]
    public async Task Other_bytes_are_read_back_in_base64()
    {
        byte[] bytes = [0, 255, 1, 254];
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new("image/x-own");
        await server.Http.PostAsync(Url, content);

        var message = Assert.Single(Messages(await ReadAsync()));
        Assert.Equal("image/x-own", (string)message["mediaType"]!);
        Assert.Equal(bytes, Convert.FromBase64String((string)message["data"]!));
    }

    [Fact]
    public async Task Offsets_are_consecutive_from_one()
    {
        for (var i = 1; i <= 3; i++)
        {
            var published = await (await PublishAsync($"{i}")).Content.ReadFromJsonAsync<JsonObject>();
            Assert.Equal(i, (long)published!["offset"]!);
            Assert.Equal(_channel, (string)published["channel"]!);
        }
    }

    [Fact]
    public async Task Lines_are_published_in_order()
    {
        var lines = string.Join('\n', Enumerable.Range(1, 50)) + "\r\n\n";

        var published = await (await PublishAsync(lines, "application/x-ndjson")).Content.ReadFromJsonAsync<JsonObject>();

        Assert.Equal((1L, 50L, 50), ((long)published!["offset"]!, (long)published["lastOffset"]!, (int)published["count"]!));
        Assert.Equal(Enumerable.Range(1, 50), Messages(await ReadAsync()).Select(static message => (int)message["data"]!));
    }

    [Theory]
    [InlineData("1\n{\n3", 2)]
    [InlineData("1\n\n2 3\n", 3)]
    [InlineData("\n \n", null)]
    public async Task A_bad_line_is_named_and_nothing_published(string lines, int? line)
    {
        var refused = await PublishAsync(lines, "application/x-ndjson");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var problem = (await refused.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal(line, (int?)problem["line"]);
        Assert.Contains(line is null ? "No line" : $"Line {line}", (string)problem["detail"]!, StringComparison.Ordinal);
        Assert.Empty(Messages(await ReadAsync()));
    }

    [Fact]
    public async Task Where_a_line_is_refused_none_after_it_is_published()
    {
        const int Lines = 50;
        await using var own = await OwnServer.StartAsync(("Tidings:Limits:PublishLaneBytes", "1024"));
        var lines = string.Join('\n', Enumerable.Repeat($"\"{new string('x', 600)}\"", Lines));
        var refused = 0;

        // Now and then the log is quicker than the next line.
        for (var attempt = 0; attempt < 20 && refused < 3; attempt++)
        {
            var url = $"/channels/busy/{attempt}";
            using var answer = await own.Http.PostAsync(url, Body(lines, "application/x-ndjson"));
            var said = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
            refused += answer.StatusCode == HttpStatusCode.ServiceUnavailable ? 1 : 0;
            Assert.Equal((int?)said["line"] - 1 ?? Lines, (int)(await own.Http.GetFromJsonAsync<JsonObject>(url + "?limit=1"))!["head"]!);
        }

        Assert.Equal(3, refused);
    }

    [Fact]
    public async Task Reading_goes_on_after_an_offset_up_to_a_limit()
    {
        await PublishAsync("1\n2\n3\n4\n5", "application/x-ndjson");

        var page = await ReadAsync("?after=1&limit=2");

        Assert.Equal([2L, 3], Messages(page).Select(static message => (long)message["offset"]!));
        Assert.Equal((5L, 1L), ((long)page["head"]!, (long)page["first"]!));
        Assert.Equal([4L, 5], Messages(await ReadAsync("?after=3")).Select(static message => (long)message["offset"]!));
        Assert.Empty(Messages(await ReadAsync("?after=5")));
    }

    [Theory]
    [InlineData("?after=-1", "after")]
    [InlineData("?after=x", "after")]
    [InlineData("?after=99999999999999999999&limit=x", "after")]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=1001", "limit")]
    [InlineData("?limit=99999999999999999999", "limit")]
    [InlineData("?after=1&limit=abc", "limit")]
    public async Task Bad_parameters_are_named(string query, string parameter)
    {
        var refused = await server.Http.GetAsync(Url + query);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        var problem = (await refused.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal(parameter, Assert.Single(problem["errors"]!.AsObject()).Key);
        Assert.StartsWith(parameter, (string)problem["detail"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/channels/a//b")]
    [InlineData("/channels/a/*")]
    [InlineData("/channels/**")]
    [InlineData("/channels/a%00b")]
    [InlineData("/channels/a%2Fb")]
    [InlineData("/channels/%C3%A4")]
    public async Task What_is_no_channel_is_refused(string url) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await server.Http.PostAsync(url, Body("1", "application/json"))).StatusCode);

    [Theory]
    [InlineData("/channels/meta/connect")]
    [InlineData("/channels/meta")]
    [InlineData("/channels/service/echo")]
    [InlineData("/channels/event/x")]
    public async Task Reserved_channels_are_refused(string url) =>
        Assert.Equal(HttpStatusCode.Forbidden, (await server.Http.PostAsync(url, Body("1", "application/json"))).StatusCode);

    [Fact]
    public async Task The_largest_body_is_taken_and_one_byte_more_refused()
    {
        var largest = new string('x', GatewayServer.MessageBytes);

        Assert.Equal(HttpStatusCode.OK, (await PublishAsync(largest, "text/plain")).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PublishAsync(largest + "x", "text/plain")).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("nul")]
    [InlineData("\uFEFF1")]
    public async Task Malformed_json_is_refused(string body) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await PublishAsync(body)).StatusCode);

    [Fact]
    public async Task Json_nested_too_deeply_is_refused()
    {
        var deepest = new TidingsLimits().JsonDepth;

        Assert.Equal(HttpStatusCode.OK, (await PublishAsync(Nested(deepest))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PublishAsync(Nested(deepest + 1))).StatusCode);
        Assert.Single(Messages(await ReadAsync()));
    }

    [Fact]
    public async Task Json_that_is_not_utf8_is_refused()
    {
        var content = new ByteArrayContent([(byte)'"', 0xC3, 0x28, (byte)'"']);
        content.Headers.ContentType = new("application/json");

        Assert.Equal(HttpStatusCode.BadRequest, (await server.Http.PostAsync(Url, content)).StatusCode);
    }

    [Theory]
    [InlineData("PUT", "/channels/a")]
    [InlineData("DELETE", "/channels/a")]
    [InlineData("PUT", "/cometd")]
    public async Task A_wrong_method_is_told(string method, string url) =>
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await server.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), url))).StatusCode);

    [Fact]
    public async Task The_description_names_publish_and_read()
    {
        var paths = (await server.Http.GetFromJsonAsync<JsonObject>("/openapi/v1.json"))!["paths"]!["/channels/{path}"]!;

        Assert.Equal("Publish", (string)paths["post"]!["operationId"]!);
        Assert.Equal("Read", (string)paths["get"]!["operationId"]!);
        Assert.NotNull(paths["post"]!["requestBody"]!["content"]!["application/x-ndjson"]);
        Assert.NotNull(paths["get"]!["responses"]!["200"]!["content"]!["text/event-stream"]);
    }

    [Fact]
    public async Task The_description_says_what_is_taken_and_who_is_let_in()
    {
        var document = (await server.Http.GetFromJsonAsync<JsonObject>("/openapi/v1.json"))!;
        var (publish, read) = (document["paths"]!["/channels/{path}"]!["post"]!, document["paths"]!["/channels/{path}"]!["get"]!);

        Assert.Equal("Tidings", (string)document["info"]!["title"]!);
        Assert.Equal(server.Http.BaseAddress!.GetLeftPart(UriPartial.Authority), (string)document["servers"]![0]!["url"]!);
        Assert.Equal(["password", "token", "key", "cookie"], document["components"]!["securitySchemes"]!.AsObject().Select(static scheme => scheme.Key));
        Assert.Equal(5, document["security"]!.AsArray().Count);
        Assert.Empty(publish["requestBody"]!["content"]!["application/json"]!["schema"]!.AsObject());
        Assert.Contains(publish["parameters"]!.AsArray(), static parameter => (string)parameter!["name"]! == "Idempotency-Key");
        Assert.Contains(read["parameters"]!.AsArray(), static parameter => (string)parameter!["name"]! == "Last-Event-ID");
        Assert.Equal("string", (string)read["responses"]!["200"]!["content"]!["text/event-stream"]!["schema"]!["type"]!);
        Assert.NotNull(read["responses"]!["503"]!["headers"]!["Retry-After"]);
        Assert.Equal("integer", (string)document["components"]!["schemas"]!["Published"]!["properties"]!["offset"]!["type"]!);
        Assert.NotNull(document["paths"]!["/api/admin/tenants/{tenant}"]!["delete"]!["responses"]!["204"]);
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task The_server_is_healthy(string url) => Assert.Equal("Healthy", await server.Http.GetStringAsync(url));

    [Fact]
    public async Task A_foreign_host_and_a_foreign_origin_are_refused()
    {
        using var rebound = new HttpRequestMessage(HttpMethod.Get, Url) { Headers = { Host = "rebound.example" } };
        using var foreign = new HttpRequestMessage(HttpMethod.Get, Url) { Headers = { { "Origin", "https://evil.example" } } };

        Assert.Equal(HttpStatusCode.Forbidden, (await server.Http.SendAsync(rebound)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await server.Http.SendAsync(foreign)).StatusCode);
    }

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    private static IEnumerable<JsonNode> Messages(JsonObject page) => page["messages"]!.AsArray().Select(static message => message!);

    private Task<HttpResponseMessage> PublishAsync(byte[] body, string mediaType)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(mediaType);
        return server.Http.PostAsync(Url, content);
    }

    private static StringContent Body(string body, string mediaType)
    {
        var content = new StringContent(body, new UTF8Encoding(false));
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(mediaType);
        return content;
    }

    private Task<HttpResponseMessage> PublishAsync(string body, string mediaType = "application/json") => server.Http.PostAsync(Url, Body(body, mediaType));

    private async Task<JsonObject> ReadAsync(string query = "") => (await server.Http.GetFromJsonAsync<JsonObject>(Url + query, Deep))!;
}
