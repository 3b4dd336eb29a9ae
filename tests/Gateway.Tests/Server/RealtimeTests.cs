using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Tidings.Gateway.Tests.Server;

[Collection(ServerCollection.Name)]
public sealed class RealtimeTests(GatewayServer server) : IAsyncLifetime
{
    private readonly string _device = GatewayServer.NewChannel()["/test/".Length..];
    private string _xid = "";

    private string Alarms => $"/alarms/{_device}";

    public async Task InitializeAsync()
    {
        _xid = $"realtime{_device}";
        Assert.StartsWith("20,", await PostAsync("/s", "11,100,,$.severity,$.id,$.severity\n11,101,,$.c8y_Restart,$.id\n"), StringComparison.Ordinal);
        Assert.StartsWith("20,", await PostAsync("/s", "11,200,,$.severity,$.text\n", _xid + "b"), StringComparison.Ordinal);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Items_32_36_43_and_44_a_notification_completes_a_held_poll()
    {
        var client = await OpenAsync();
        Assert.Equal("", await PostAsync($"81,{client},{Alarms}"));
        Assert.Equal("86,5400000,0,retry\n", await PostAsync($"83,{client}"));

        var poll = PostAsync($"83,{client}");
        await PublishAsync(Alarms, """{"realtimeAction":"CREATE","data":{"id":"1","severity":"MAJOR"}}""");

        Assert.Equal("100,1,MAJOR\n", await poll);
    }

    [Fact]
    public async Task Items_45_46_and_48_notifications_between_polls_are_delivered_in_order()
    {
        var client = await OpenAsync();
        await PostAsync($"81,{client},{Alarms}");
        await PublishAsync(Alarms, """{"id":"1","severity":"MAJOR"}""");
        var rows = await PollAsync();
        await PublishAsync(Alarms, """{"id":"2","severity":"MINOR"}""");
        await PublishAsync(Alarms, """{"id":"3","severity":"\"x\""}""");
        while (rows.Split('\n').Length < 4)
        {
            rows += await PollAsync();
        }

        Assert.Equal("100,1,MAJOR\n100,2,MINOR\n100,3,\"\"\"x\"\"\"\n", rows);

        async Task<string> PollAsync() => (await PostAsync($"83,{client}")).Replace("86,5400000,0,retry\n", "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Item_47_a_notification_that_matches_nothing_does_not_complete_a_poll()
    {
        var client = await OpenAsync();
        await PostAsync($"81,{client},{Alarms}");
        await PostAsync($"83,{client}");

        var poll = PostAsync($"83,{client}");
        await PublishAsync(Alarms, """{"nothing":1}""");
        await PublishAsync(Alarms, """{"id":"2","severity":"MINOR"}""");

        Assert.Equal("100,2,MINOR\n", await poll);
    }

    [Fact]
    public async Task Items_37_38_and_39_subscriptions_can_be_repeated_and_ended()
    {
        var client = await OpenAsync();
        Assert.Equal("", await PostAsync($"81,{client},{Alarms}\n81,{client},{Alarms}\n81,{client},/measurements/{_device}"));
        Assert.Equal("", await PostAsync($"82,{client},{Alarms}\n82,{client},{Alarms}"));
        await PostAsync($"83,{client}");

        var poll = PostAsync($"83,{client}");
        await PublishAsync(Alarms, """{"id":"1","severity":"MAJOR"}""");
        await PublishAsync($"/measurements/{_device}", """{"id":"2","severity":"MINOR"}""");

        Assert.Equal("100,2,MINOR\n", await poll);
    }

    [Fact]
    public async Task Items_40_41_and_42_an_unknown_session_is_told_to_begin_anew()
    {
        var client = await OpenAsync();
        Assert.Equal("", await PostAsync($"84,{client}"));

        Assert.Equal("86,,,handshake\n", await PostAsync($"83,{client}"));
        Assert.Equal("86,,,handshake\n", await PostAsync($"82,{client},{Alarms}"));
        Assert.Equal("", await PostAsync($"84,{client}"));
        Assert.Equal("86,,,handshake\n", await PostAsync($"81,{client},{Alarms}\n81,{client},/other"));
    }

    [Fact]
    public async Task Items_41_and_42_the_answer_to_an_unknown_session_is_written_as_it_was_opened()
    {
        var client = await OpenAsync("80,true");
        await PostAsync($"84,{client}");

        Assert.Equal("86,,,,handshake\n", await PostAsync($"83,{client}"));
        Assert.Equal("86,,,,handshake\n", await PostAsync($"81,{client},{Alarms}"));
    }

    [Fact]
    public async Task A_session_of_another_front_end_is_unknown_and_theirs_does_not_know_it()
    {
        using var handshake = await server.Http.PostAsync(
            "/cometd", new StringContent("""[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]}]"""));
        var bayeux = JsonNode.Parse(await handshake.Content.ReadAsStringAsync())![0]!["clientId"]!.ToString();
        Assert.Equal("86,,,handshake\n", await PostAsync($"83,{bayeux}"));
        Assert.Equal("86,,,handshake\n", await PostAsync($"83,p{bayeux}"));

        var client = await OpenAsync();
        foreach (var id in new[] { client, client[1..] })
        {
            using var connect = await server.Http.PostAsync(
                "/cometd", new StringContent($$"""[{"channel":"/meta/connect","connectionType":"long-polling","clientId":"{{id}}"}]"""));
            Assert.Equal("402::session_unknown", JsonNode.Parse(await connect.Content.ReadAsStringAsync())![0]!["error"]!.ToString());
        }

        Assert.Equal("86,5400000,0,retry\n", await PostAsync($"83,{client}"));
    }

    [Fact]
    public async Task Templates_that_were_deleted_under_a_live_session_are_told_once()
    {
        var client = await OpenAsync();
        Assert.Equal("", await PostAsync($"81,{client},{Alarms},{_xid}b"));
        await PostAsync($"83,{client}");
        Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync($"{_xid}b"));
        Assert.Equal(HttpStatusCode.NotFound, await DeleteAsync($"{_xid}b"));

        var poll = PostAsync($"83,{client}");
        await PublishAsync(Alarms, """{"id":"1","severity":"MAJOR"}""");
        Assert.Equal($"40,\"No template for this X-ID.\"\n87,1,{_xid}\n100,1,MAJOR\n", await poll);

        poll = PostAsync($"83,{client}");
        await PublishAsync(Alarms, """{"id":"2","severity":"MINOR"}""");
        Assert.Equal($"87,1,{_xid}\n100,2,MINOR\n", await poll);

        Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync(_xid));
        Assert.Equal("40,\"No template for this X-ID.\"\n86,,10000,retry\n", await PostAsync($"83,{client}"));
    }

    [Fact]
    public async Task Item_34_a_session_needs_templates() =>
        Assert.Equal("40,\"No template for this X-ID.\"\n", await PostAsync("/cep/realtime", "80", _xid + "unknown"));

    [Fact]
    public async Task Items_49_and_50_rows_of_several_sets_are_announced_until_one_is_left_out()
    {
        var client = await OpenAsync();
        Assert.Equal("40,\"No template for this X-ID.\"\n", await PostAsync($"81,{client},{Alarms},{_xid}unknown"));
        Assert.Equal("", await PostAsync($"81,{client},{Alarms},{_xid}b"));
        await PostAsync($"83,{client}");

        var poll = PostAsync($"83,{client}");
        await PublishAsync(Alarms, """{"id":"1","severity":"MAJOR","text":"Hot"}""");
        Assert.Equal($"87,1,{_xid}\n100,1,MAJOR\n87,1,{_xid}b\n200,Hot\n", await poll);

        Assert.Equal("", await PostAsync($"81,{client},{Alarms}"));
        poll = PostAsync($"83,{client}");
        await PublishAsync(Alarms, """{"id":"2","severity":"MINOR","text":"Cold"}""");
        Assert.Equal("100,2,MINOR\n", await poll);
    }

    [Fact]
    public async Task Item_50_X_Ids_that_change_while_a_poll_is_held_count_for_it()
    {
        var client = await OpenAsync();
        Assert.Equal("", await PostAsync($"81,{client},{Alarms},{_xid}b"));
        await PostAsync($"83,{client}");
        var poll = PostAsync($"83,{client}");
        await Eventually.TrueAsync(() => server.Hub.Sessions.Any(session => session.Id == SessionId.PublicOf(client[1..]) && session.Sink is not null), "no poll was held");

        Assert.Equal("", await PostAsync($"81,{client},{Alarms}"));
        await PublishAsync(Alarms, """{"id":"1","severity":"MAJOR","text":"Hot"}""");

        Assert.Equal("100,1,MAJOR\n", await poll);
    }

    [Fact]
    public async Task X_Ids_end_with_their_subscription()
    {
        var client = await OpenAsync();
        Assert.Equal("", await PostAsync($"81,{client},{Alarms}\n81,{client},/other{Alarms},{_xid}b\n82,{client},/other{Alarms}"));
        await PostAsync($"83,{client}");

        var poll = PostAsync($"83,{client}");
        await PublishAsync(Alarms, """{"id":"1","severity":"MAJOR","text":"Hot"}""");

        Assert.Equal("100,1,MAJOR\n", await poll);
    }

    [Fact]
    public async Task The_documented_exchange_of_several_sets_is_reproduced()
    {
        const string Path = "/notification/operations";
        foreach (var (xid, templates) in new[]
                 {
                     ("mytemplate1", "11,100,,,$.a\n11,101,,,$.b"), ("mytemplate2", "11,100,,$.missing,$.a"), ("mytemplate3", "11,100,,,$.c"),
                 })
        {
            Assert.StartsWith("20,", await PostAsync("/s", templates, xid), StringComparison.Ordinal);
        }

        var client = (await PostAsync(Path, "80", "mytemplate1")).TrimEnd('\n');
        Assert.Equal("", await PostAsync(Path, $"81,{client},/mychannel,mytemplate2,mytemplate3", "mytemplate1"));
        await PostAsync(Path, $"83,{client}", "mytemplate1");
        var poll = PostAsync(Path, $"83,{client}", "mytemplate1");
        await PublishAsync("/operations/mychannel", """{"realtimeAction":"CREATE","data":{"a":"myvalue","b":"myvalue2","c":"myvalue3"}}""");

        Assert.Equal("87,2,mytemplate1\n100,myvalue\n101,myvalue2\n87,1,mytemplate3\n100,myvalue3\n", await poll);
        Assert.Equal("", await PostAsync(Path, $"82,{client},/mychannel", "mytemplate1"));
        Assert.Equal("", await PostAsync(Path, $"84,{client}", "mytemplate1"));
    }

    [Fact]
    public async Task Items_53_54_and_55_a_batch_is_given_again_until_it_is_acknowledged()
    {
        var client = await OpenAsync("80,true");
        await PostAsync($"81,{client},{Alarms}");
        Assert.Equal("88,1\n86,,5400000,0,retry\n", await PostAsync($"83,{client}"));

        var poll = PostAsync($"83,{client},1");
        await PublishAsync(Alarms, """{"id":"1","severity":"MAJOR"}""");
        Assert.Equal("100,1,1,MAJOR\n88,2\n", await poll);
        Assert.Equal("100,1,1,MAJOR\n88,3\n", await PostAsync($"83,{client},1"));

        poll = PostAsync($"83,{client},3");
        await PublishAsync(Alarms, """{"id":"2","severity":"MINOR"}""");
        Assert.Equal("100,1,2,MINOR\n88,4\n", await poll);
    }

    [Fact]
    public async Task Item_57_a_second_poll_completes_the_first()
    {
        var client = await OpenAsync();
        await PostAsync($"81,{client},{Alarms}");
        await PostAsync($"83,{client}");

        var first = PostAsync($"83,{client}");
        await Eventually.TrueAsync(() => server.Hub.ClientSessions.Any(session => session.Sink is not null), "no poll was held");
        var second = PostAsync($"83,{client}");
        Assert.Equal("", await first);
        await PublishAsync(Alarms, """{"id":"1","severity":"MAJOR"}""");

        Assert.Equal("100,1,MAJOR\n", await second);
    }

    [Theory]
    [InlineData("/notification/operations")]
    [InlineData("/devicecontrol/notifications/")]
    public async Task Item_71_operations_are_given_unwrapped_and_when_they_are_created(string path)
    {
        var client = (await PostAsync(path, "80")).TrimEnd('\n');
        await PostAsync(path, $"81,{client},/{_device}");
        await PostAsync(path, $"83,{client}");

        var poll = PostAsync(path, $"83,{client}");
        await PublishAsync($"/operations/{_device}", """{"realtimeAction":"UPDATE","data":{"id":"1","c8y_Restart":{}}}""");
        await PublishAsync($"/operations/{_device}", """{"realtimeAction":"CREATE","data":{"id":"2","c8y_Restart":{}}}""");

        Assert.Equal("101,2\n", await poll);
    }

    [Fact]
    public async Task A_channel_that_nobody_may_subscribe_to_is_refused()
    {
        var client = await OpenAsync();

        Assert.Equal("50,1,403\n43,2,Invalid message identifier\n50,3,400\n", await PostAsync($"81,{client},/meta/x\n85\n81,{client},x y"));
    }

    private async Task<string> OpenAsync(string handshake = "80")
    {
        var answer = await PostAsync(handshake);
        Assert.Matches("^[A-Za-z0-9]{20,40}\n$", answer);
        return answer.TrimEnd('\n');
    }

    private async Task<HttpStatusCode> DeleteAsync(string xid)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/s") { Headers = { { "X-Id", xid } } };
        using var response = await server.Http.SendAsync(request);
        return response.StatusCode;
    }

    private async Task PublishAsync(string channel, string json)
    {
        using var response = await server.Http.PostAsync("/channels" + channel, new StringContent(json, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private Task<string> PostAsync(string body) => PostAsync("/cep/realtime", body);

    private async Task<string> PostAsync(string path, string body, string? xid = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Headers.Add("X-Id", xid ?? _xid);
        using var response = await server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}
