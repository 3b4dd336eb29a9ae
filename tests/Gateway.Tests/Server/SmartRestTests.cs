using System.Net;
using System.Text;

namespace Tidings.Gateway.Tests.Server;

[Collection(ServerCollection.Name)]
public sealed class SmartRestTests(GatewayServer server)
{
    private const string Unknown = "40,\"No template for this X-ID.\"\n";
    private readonly string _channel = GatewayServer.NewChannel();
    private readonly string _xid = $"device{GatewayServer.NewChannel().Replace('/', '_')}";

    private string Templates => string.Join(
        "\r\n",
        $"10,100,POST,/channels{_channel}/%%,application/json,,%%,STRING NUMBER NOW,\"{{\"\"value\"\":%%,\"\"time\"\":\"\"%%\"\"}}\"",
        $"10,101,GET,/channels{_channel}/%%?after=0,,,%%,STRING,",
        "10,102,GET,/inventory/managedObjects,,,,,",
        "10,103,DELETE,/channels/x,,,,,",
        "11,200,,$.lastOffset,$.lastOffset",
        "11,201,$.messages,$.data.value,$.offset,$.data.value") + "\r\n";

    [Fact]
    public async Task Item_1_an_unknown_X_Id_is_told()
    {
        Assert.Equal(Unknown, await PostAsync("", _xid));
        Assert.Equal(Unknown, await PostAsync("", xid: null));
        Assert.Equal(Unknown, await PostAsync("100,1", _xid));
    }

    [Fact]
    public async Task Items_2_3_and_4_a_set_is_created_once_and_known_by_its_name_and_number()
    {
        var created = await PostAsync(Templates, _xid);

        var number = created.TrimEnd('\n').Split(',')[1];
        Assert.Equal($"20,{number}\n", created);
        Assert.Equal(created, await PostAsync("", _xid));
        Assert.Equal(created, await PostAsync("", number));
        Assert.StartsWith("41,", await PostAsync(Templates, _xid), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Item_5_of_a_set_with_an_error_nothing_is_stored()
    {
        Assert.StartsWith("41,7,", await PostAsync(Templates + "11,200,,,$.id", _xid), StringComparison.Ordinal);
        Assert.Equal(Unknown, await PostAsync("", _xid));
    }

    [Fact]
    public async Task Items_9_and_10_several_sets_are_created_and_looked_up_in_one_body()
    {
        var created = await PostAsync($"15,{_xid}a\n11,1,,,$.id\n15,{_xid}b\n11,1,,,$.id\n", xid: null);

        var rows = created.TrimEnd('\n').Split('\n');
        Assert.Equal(2, rows.Length);
        Assert.All(rows, row => Assert.StartsWith("20,", row, StringComparison.Ordinal));
        Assert.Equal($"{rows[1]}\n{Unknown}{rows[0]}\n", await PostAsync($"15,{_xid}b\n15,{_xid}\n15,{_xid}a\n", xid: null));
    }

    [Fact]
    public async Task Items_11_and_12_headers_and_a_trailing_slash_do_not_matter()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/s/") { Content = new ByteArrayContent([]) };
        request.Headers.Add("X-Id", _xid);

        using var response = await server.Http.SendAsync(request);

        Assert.Equal(Unknown, await response.Content.ReadAsStringAsync());
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Requests_by_template_publish_and_read_channels()
    {
        await PostAsync(Templates, _xid);

        Assert.Equal("200,1,1\n200,2,2\n201,3,1,20.5\n201,3,2,21\n", await PostAsync("100,t,20.5\n100,t,21\n101,t", _xid));
        Assert.Contains("\"time\":\"20", await server.Http.GetStringAsync($"/channels{_channel}/t"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Items_16_19_and_20_a_bad_row_costs_the_others_nothing()
    {
        await PostAsync(Templates, _xid);

        var answer = await PostAsync("100,t,1\n777,1\n100,t\n100,t,x\n100,\"t\"x\n102\n103\n100,/../t,5\n100,t,2\n", _xid);

        Assert.Equal(
            ["200,1,1", "43,2,Invalid message identifier", "45,3,Wrong number of arguments", "45,4,Value is not a NUMBER: x", "42,5,Malformed Request", "50,6,404", "50,7,405"],
            answer.Split('\n')[..7]);
        Assert.EndsWith("200,9,2\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Item_28_answers_of_several_sets_are_announced()
    {
        await PostAsync(Templates, _xid + "a");
        var number = (await PostAsync(Templates, _xid + "b")).TrimEnd('\n').Split(',')[1];

        Assert.Equal(
            $"87,2,{_xid}a\n200,2,1\n200,3,2\n87,2,{number}\n200,5,3\n43,6,Invalid message identifier\n",
            await PostAsync($"15,{_xid}a\n100,t,1\n100,t,2\n15,{number}\n100,t,3\n777\n", xid: null));
    }

    [Fact]
    public async Task Nobody_publishes_by_template_what_they_may_not_publish_otherwise()
    {
        await PostAsync("10,100,POST,/channels/event/x,application/json,,,,{}\n11,1,,,$.offset", _xid);

        Assert.Equal("50,1,403\n", await PostAsync("100", _xid));
    }

    [Fact]
    public async Task A_zero_in_a_path_is_a_bad_request_and_costs_the_others_nothing()
    {
        await PostAsync(Templates + "10,104,GET,/channels/%00,,,,,", _xid);

        Assert.Equal("50,1,400\n50,2,400\n200,3,1\n", await PostAsync("100,t\0,1\n104\n100,t,2\n", _xid));
    }

    [Fact]
    public async Task A_stream_cannot_be_asked_for_by_template()
    {
        await PostAsync($"10,100,GET,/channels{_channel},,text/event-stream,,,", _xid);

        Assert.Equal("50,1,406\n", await PostAsync("100", _xid));
    }

    [Theory]
    [InlineData("/s")]
    [InlineData("/notification/operations")]
    public async Task A_body_that_is_too_large_is_told_by_a_row_and_nothing_of_it_is_carried_out(string path)
    {
        await PostAsync(Templates, _xid);

        Assert.Equal("42,,Request is too large\n", await PostAsync("100,t,1\n" + new string(' ', GatewayServer.MessageBytes), _xid, path));
        Assert.Equal("200,1,1\n", await PostAsync("100,t,1", _xid)); // the channel's first message
    }

    private async Task<string> PostAsync(string body, string? xid, string path = "/s")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        if (xid is not null)
        {
            request.Headers.Add("X-Id", xid);
        }

        using var response = await server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}
