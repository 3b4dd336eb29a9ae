using System.Text;
using Tidings.Protocols.SmartRest;

namespace Tidings.Protocols.Tests.SmartRest;

public sealed class RealtimeReaderTests
{
    [Theory]
    [InlineData("80", false)]
    [InlineData("80\r\n", false)]
    [InlineData("80,", false)]
    [InlineData("80,true", true)]
    [InlineData("80, TRUE ", true)]
    [InlineData("80,false", false)]
    public void Items_32_and_33_a_handshake_may_ask_for_reliability(string body, bool reliable) =>
        Assert.Equal(new RealtimeHandshake(1, reliable), Single(body));

    [Fact]
    public void Item_36_a_subscribe_names_session_and_channel()
    {
        var subscribe = Assert.IsType<RealtimeSubscribe>(Single("81,un1q,/1234"));

        Assert.Equal((1, "un1q", "/1234"), (subscribe.Line, subscribe.ClientId, subscribe.Channel));
        Assert.Empty(subscribe.XIds);
    }

    [Fact]
    public void Item_49_a_subscribe_may_name_more_X_Ids()
    {
        var subscribe = Assert.IsType<RealtimeSubscribe>(Single("81,un1q,/1234,mytemplate2, 77 ,,mytemplate2,"));

        Assert.Equal(["mytemplate2", "77"], subscribe.XIds);
    }

    [Fact]
    public void Items_39_and_40_unsubscribe_and_disconnect_are_read() =>
        Assert.Equal([new RealtimeUnsubscribe(1, "un1q", "/1"), new RealtimeDisconnect(2, "un1q")], Read("82,un1q,/1\n84,un1q"));

    [Theory]
    [InlineData("83,un1q", null)]
    [InlineData("83,un1q,", null)]
    [InlineData("83,un1q,-1", null)]
    [InlineData("83,un1q,0", 0L)]
    [InlineData("83,un1q,17", 17L)]
    public void Item_55_a_connect_may_acknowledge_a_batch(string body, long? acknowledged) =>
        Assert.Equal(new RealtimeConnect(1, "un1q", acknowledged), Single(body));

    [Fact]
    public void Connects_of_one_session_in_one_body_are_one()
    {
        var commands = Read("83,un1q,4\n82,un1q,/1\n83,un1q\n");

        Assert.Equal([new RealtimeUnsubscribe(2, "un1q", "/1"), new RealtimeConnect(3, "un1q", 4)], commands);
    }

    [Fact]
    public void A_connect_beside_another_sessions_is_refused_with_its_line()
    {
        var commands = Read("83,other\n83,un1q,2\n84,gone\n");

        Assert.Equal([1, 3, 2], commands.Select(command => command.Line));
        Assert.Equal(new RealtimeConnect(2, "un1q", 2), commands[^1]);
        Assert.Equal(new SmartError(SmartErrorCode.Malformed, 1, "Only one session can connect in a request"), Assert.IsType<RealtimeRefusal>(commands[0]).Error);
    }

    [Fact]
    public void Item_38_several_rows_are_read_in_their_order() =>
        Assert.Equal(["/1", "/2"], Read("81,un1q,/1\n81,un1q,/2").Cast<RealtimeSubscribe>().Select(subscribe => subscribe.Channel));

    [Theory]
    [InlineData("80,maybe", "45,1,Value is not a BOOLEAN: maybe\n")]
    [InlineData("80,true,1", "45,1,Wrong number of arguments\n")]
    [InlineData("81", "45,1,Wrong number of arguments\n")]
    [InlineData("81,un1q", "45,1,Wrong number of arguments\n")]
    [InlineData("81,,/1", "45,1,Wrong number of arguments\n")]
    [InlineData("82,un1q,/1,/2", "45,1,Wrong number of arguments\n")]
    [InlineData("83", "45,1,Wrong number of arguments\n")]
    [InlineData("83,un1q,1,2", "45,1,Wrong number of arguments\n")]
    [InlineData("83,un1q,x", "45,1,Value is not a INTEGER: x\n")]
    [InlineData("83,un1q,99999999999999999999", "45,1,Value is not a INTEGER: 99999999999999999999\n")]
    [InlineData("84", "45,1,Wrong number of arguments\n")]
    [InlineData("85,un1q", "43,1,Invalid message identifier\n")]
    [InlineData("100,x", "43,1,Invalid message identifier\n")]
    [InlineData("15,other", "43,1,Invalid message identifier\n")]
    [InlineData("\"\"", "43,1,Invalid message identifier\n")]
    [InlineData("[{\"channel\":\"/meta/handshake\"}]", "43,1,Invalid message identifier\n")]
    [InlineData("83,\"un1q", "42,1,Malformed Request\n")]
    public void Item_16_a_bad_row_is_answered_by_a_row(string body, string row) =>
        Assert.Equal(row, Assert.IsType<RealtimeRefusal>(Single(body)).Error.Text());

    [Fact]
    public void Item_19_the_rows_around_a_bad_one_are_read_and_it_is_known_by_its_line()
    {
        var commands = Read("81,un1q,/1\n81,\"un1q\n81,un1q,/3\n");

        Assert.IsType<RealtimeSubscribe>(commands[0]);
        Assert.Equal("42,2,Malformed Request\n", Assert.IsType<RealtimeRefusal>(commands[1]).Error.Text());
        Assert.Equal("/3", Assert.IsType<RealtimeSubscribe>(commands[2]).Channel);
    }

    [Fact]
    public void X_Ids_have_bounds()
    {
        var limits = new SmartRestLimits { MaxXIds = 2, MaxXIdLength = 5 };

        Assert.IsType<RealtimeSubscribe>(Single("81,c,/1,a,b", limits));
        Assert.IsType<RealtimeRefusal>(Single("81,c,/1,a,b,d", limits));
        Assert.IsType<RealtimeRefusal>(Single("81,c,/1,abcdef", limits));
    }

    private static RealtimeCommand Single(string body, SmartRestLimits? limits = null) => Assert.Single(Read(body, limits));

    private static IReadOnlyList<RealtimeCommand> Read(string body, SmartRestLimits? limits = null) =>
        RealtimeReader.Read(Encoding.UTF8.GetBytes(body), limits ?? Smart.Limits);
}
