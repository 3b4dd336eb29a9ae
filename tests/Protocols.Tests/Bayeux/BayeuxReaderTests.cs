using System.Text;
using Tidings.Protocols.Bayeux;

namespace Tidings.Protocols.Tests.Bayeux;

public sealed class BayeuxReaderTests
{
    [Theory]
    [InlineData("""[{"channel":"/a"},{"channel":"/b"}]""", "/a", "/b")]
    [InlineData("""{"channel":"/a"}""", "/a")]
    [InlineData(" [ { \"channel\" : \"/a\" } ] \r\n", "/a")]
    [InlineData("\uFEFF[{\"channel\":\"/a\"}]", "/a")]
    [InlineData("""[{"channel":"\/caf\u00e9\ud83d\ude00"}]""", "/café😀")]
    [InlineData("""[{"channel":"/ü"}]""", "/ü")]
    public void An_object_or_an_array_of_objects_is_read(string json, params string[] channels)
    {
        var result = Read(json);

        Assert.True(result.IsSuccess);
        Assert.Equal(channels, result.Messages.Select(message => message.Channel));
        Assert.All(result.Messages, message => Assert.Equal(BayeuxFault.None, message.Fault));
    }

    [Theory]
    [InlineData("", BayeuxReadFailure.Malformed)]
    [InlineData(" \n", BayeuxReadFailure.Malformed)]
    [InlineData("xx", BayeuxReadFailure.Malformed)]
    [InlineData("[{", BayeuxReadFailure.Malformed)]
    [InlineData("""[{"channel":"/a"}""", BayeuxReadFailure.Malformed)]
    [InlineData("""[{"channel":"/a"},]""", BayeuxReadFailure.Malformed)]
    [InlineData("""[{"channel":"/a"}] []""", BayeuxReadFailure.Malformed)]
    [InlineData("""[{"channel":"/a"}]x""", BayeuxReadFailure.Malformed)]
    [InlineData("""[{"channel":"/a" /* no */}]""", BayeuxReadFailure.Malformed)]
    [InlineData("""[{'channel':'/a'}]""", BayeuxReadFailure.Malformed)]
    [InlineData("""[{"channel":"/a","data":01}]""", BayeuxReadFailure.Malformed)]
    [InlineData("""[{"channel":"/a","data":NaN}]""", BayeuxReadFailure.Malformed)]
    [InlineData("""[{"channel":"/a","data":"\x"}]""", BayeuxReadFailure.Malformed)]
    [InlineData("[{\"channel\":\"/a\",\"data\":\"\u0001\"}]", BayeuxReadFailure.Malformed)]
    [InlineData("\uFEFF\uFEFF[]", BayeuxReadFailure.Malformed)]
    [InlineData("[]", BayeuxReadFailure.Empty)]
    [InlineData("null", BayeuxReadFailure.NotAnObject)]
    [InlineData("5", BayeuxReadFailure.NotAnObject)]
    [InlineData("[5]", BayeuxReadFailure.NotAnObject)]
    [InlineData("[[]]", BayeuxReadFailure.NotAnObject)]
    [InlineData("""[{"channel":"/a"},null]""", BayeuxReadFailure.NotAnObject)]
    public void Other_input_fails_as_a_whole(string json, BayeuxReadFailure failure)
    {
        var result = Read(json);

        Assert.Equal(failure, result.Failure);
        Assert.Empty(result.Messages);
    }

    [Theory]
    [InlineData(0xFF)]
    [InlineData(0xC0, 0xAF)]
    [InlineData(0xED, 0xA0, 0x80)]
    [InlineData(0xE2, 0x82)]
    public void Bytes_that_are_not_UTF8_are_malformed_also_inside_data(params int[] bytes)
    {
        byte[] json = [.. "[{\"channel\":\"/a\",\"data\":\""u8, .. bytes.Select(b => (byte)b), .. "\"}]"u8];

        Assert.Equal(BayeuxReadFailure.Malformed, BayeuxReader.Read(json, BayeuxReaderLimits.Default).Failure);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("false")]
    [InlineData("0")]
    [InlineData("-0.0")]
    [InlineData("1e999999")]
    [InlineData("123456789012345678901234567890.00")]
    [InlineData("\"\"")]
    [InlineData("\"[]\"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"\\u0000\\/\"")]
    [InlineData("{ \"a\" : [ ] }")]
    [InlineData("{\"a\":1,\"a\":2}")]
    public void Data_is_kept_byte_for_byte(string data)
    {
        var message = Single($$"""{"channel":"/a","data": {{data}} ,"id":1}""");

        Assert.Equal(data, Text(message.Data));
        Assert.Equal(BayeuxFault.None, message.Fault);
    }

    [Fact]
    public void Absent_data_is_not_the_same_as_null() => Assert.True(Single("""{"channel":"/a"}""").Data.IsEmpty);

    [Theory]
    [InlineData("\"1\"", "\"1\"")]
    [InlineData("\"\"", "\"\"")]
    [InlineData("\"0\"", "\"0\"")]
    [InlineData("\"1k-\\u00e9\"", "\"1k-\\u00e9\"")]
    [InlineData("42", "42")]
    [InlineData("-1.5e3", "-1.5e3")]
    [InlineData("null", "")]
    public void An_id_is_kept_as_it_came(string id, string kept)
    {
        var message = Single($$"""{"channel":"/a","id":{{id}}}""");

        Assert.Equal(kept, Text(message.Id));
        Assert.Equal(BayeuxFault.None, message.Fault);
    }

    [Theory]
    [InlineData("\"id\":true", BayeuxFault.IdInvalid)]
    [InlineData("\"id\":{}", BayeuxFault.IdInvalid)]
    [InlineData("\"id\":[1]", BayeuxFault.IdInvalid)]
    [InlineData("\"channel\":5", BayeuxFault.ChannelInvalid)]
    [InlineData("\"channel\":[\"/a\"]", BayeuxFault.ChannelInvalid)]
    [InlineData("\"channel\":\"/\\ud800\"", BayeuxFault.ChannelInvalid)]
    [InlineData("\"clientId\":5", BayeuxFault.ClientIdInvalid)]
    [InlineData("\"clientId\":\"\\udc00\"", BayeuxFault.ClientIdInvalid)]
    [InlineData("\"version\":1.0", BayeuxFault.VersionInvalid)]
    [InlineData("\"minimumVersion\":{}", BayeuxFault.MinimumVersionInvalid)]
    [InlineData("\"connectionType\":[]", BayeuxFault.ConnectionTypeInvalid)]
    [InlineData("\"supportedConnectionTypes\":\"websocket\"", BayeuxFault.SupportedConnectionTypesInvalid)]
    [InlineData("\"supportedConnectionTypes\":{\"a\":[]}", BayeuxFault.SupportedConnectionTypesInvalid)]
    [InlineData("\"supportedConnectionTypes\":[1]", BayeuxFault.SupportedConnectionTypesInvalid)]
    [InlineData("\"subscription\":5", BayeuxFault.SubscriptionInvalid)]
    [InlineData("\"subscription\":{}", BayeuxFault.SubscriptionInvalid)]
    [InlineData("\"subscription\":[\"/a\",[\"/b\"],\"/c\"]", BayeuxFault.SubscriptionInvalid)]
    [InlineData("\"subscription\":[null]", BayeuxFault.SubscriptionInvalid)]
    [InlineData("\"subscription\":\"/\\udfff\"", BayeuxFault.SubscriptionInvalid)]
    [InlineData("\"advice\":5", BayeuxFault.AdviceInvalid)]
    [InlineData("\"advice\":[{\"timeout\":1}]", BayeuxFault.AdviceInvalid)]
    [InlineData("\"advice\":{\"timeout\":\"1\",\"interval\":0}", BayeuxFault.AdviceInvalid)]
    [InlineData("\"advice\":{\"timeout\":1e3}", BayeuxFault.AdviceInvalid)]
    [InlineData("\"advice\":{\"timeout\":{\"a\":1}}", BayeuxFault.AdviceInvalid)]
    [InlineData("\"advice\":{\"reconnect\":true}", BayeuxFault.AdviceInvalid)]
    [InlineData("\"advice\":{\"multiple-clients\":1}", BayeuxFault.AdviceInvalid)]
    [InlineData("\"ext\":[]", BayeuxFault.ExtInvalid)]
    [InlineData("\"ext\":\"x\"", BayeuxFault.ExtInvalid)]
    [InlineData("\"data\":1,\"data\":2", BayeuxFault.DuplicateMember)]
    [InlineData("\"clientId\":\"a\",\"\\u0063lientId\":\"b\"", BayeuxFault.DuplicateMember)]
    public void A_member_of_the_wrong_shape_is_a_fault_of_its_message_only(string member, BayeuxFault fault)
    {
        var result = Read($$"""[{{{member}},"successful":true},{"id":"2","channel":"/b"}]""");

        Assert.Equal(2, result.Messages.Count);
        Assert.Equal(fault, result.Messages[0].Fault);
        Assert.True(result.Messages[0].Successful, "what follows the fault is read");
        Assert.Equal(("/b", "\"2\"", BayeuxFault.None), (result.Messages[1].Channel, Text(result.Messages[1].Id), result.Messages[1].Fault));
    }

    [Fact]
    public void A_reply_to_a_faulty_message_can_repeat_id_and_channel()
    {
        var message = Single("""{"subscription":7,"id":"1","channel":"/meta/subscribe","ext":3}""");

        Assert.Equal(("/meta/subscribe", "\"1\"", BayeuxFault.SubscriptionInvalid), (message.Channel, Text(message.Id), message.Fault));
    }

    [Fact]
    public void Of_two_members_with_one_name_the_first_is_kept_and_the_message_is_faulty()
    {
        var message = Single("""{"channel":"/a","channel":"/b","clientId":"x","clientId":null}""");

        Assert.Equal(("/a", "x", BayeuxFault.DuplicateMember), (message.Channel, message.ClientId, message.Fault));
    }

    [Theory]
    [InlineData("channel")]
    [InlineData("clientId")]
    [InlineData("id")]
    [InlineData("version")]
    [InlineData("minimumVersion")]
    [InlineData("connectionType")]
    [InlineData("supportedConnectionTypes")]
    [InlineData("subscription")]
    [InlineData("advice")]
    [InlineData("ext")]
    [InlineData("successful")]
    [InlineData("error")]
    public void Null_is_as_good_as_absent(string member)
    {
        var message = Single($$"""{"{{member}}":null}""");

        Assert.Equal(BayeuxFault.None, message.Fault);
        Assert.True(message.Extras.IsEmpty);
        Assert.Null(message.Channel ?? message.ClientId ?? message.Version ?? message.ConnectionType ?? message.Error);
    }

    [Theory]
    [InlineData("-1", 0L)]
    [InlineData("-99999999999999999999", 0L)]
    [InlineData("0", 0L)]
    [InlineData("1.9", 1L)]
    [InlineData("-0.5", 0L)]
    [InlineData("30000", 30000L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("99999999999999999999999", long.MaxValue)]
    public void Times_in_advice_are_whole_and_never_negative(string wire, long expected)
    {
        var message = Single($$$"""{"advice":{"timeout":{{{wire}}},"interval":null,"hosts":[{"a":1}]}}""");

        Assert.Equal(BayeuxFault.None, message.Fault);
        Assert.Equal(new BayeuxAdvice { Timeout = expected }, message.Advice);
    }

    [Theory]
    [InlineData("""{"a":1,"b":"x","channel":"/a"}""", "\"a\":1,\"b\":\"x\"")]
    [InlineData("""{"a":1,"channel":"/a","b":{"id":2},"id":"3","c":[]}""", "\"a\":1,\"b\":{\"id\":2},\"c\":[]")]
    [InlineData("""{"channel":"/a","timestamp":"now"}""", "\"timestamp\":\"now\"")]
    [InlineData("""{"channel":"/a","Channel":1,"clientid":2,"\ud800":3}""", "\"Channel\":1,\"clientid\":2,\"\\ud800\":3")]
    [InlineData("""{"channel":"/a"}""", "")]
    public void Unknown_members_are_kept_as_they_came(string json, string extras) => Assert.Equal(extras, Text(Single(json).Extras));

    [Fact]
    public void Limits_of_one_message_are_faults_of_that_message()
    {
        var limits = new BayeuxReaderLimits
        {
            MaxIdBytes = 4,
            MaxChannelLength = 4,
            MaxClientIdLength = 4,
            MaxSubscriptions = 2,
            MaxExtBytes = 8,
            MaxExtrasBytes = 8,
        };

        AssertLimit("\"id\":\"ab\"", "\"id\":\"abc\"", BayeuxFault.IdTooLong);
        AssertLimit("\"channel\":\"/abc\"", "\"channel\":\"/abcd\"", BayeuxFault.ChannelInvalid);
        AssertLimit("\"clientId\":\"abcd\"", "\"clientId\":\"abcde\"", BayeuxFault.ClientIdInvalid);
        AssertLimit("\"subscription\":[\"/a\",\"/b\"]", "\"subscription\":[\"/a\",\"/b\",\"/c\",\"/d\"]", BayeuxFault.TooManySubscriptions);
        AssertLimit("\"subscription\":\"/abc\"", "\"subscription\":\"/abcd\"", BayeuxFault.SubscriptionInvalid);
        AssertLimit("\"ext\":{\"a\":10}", "\"ext\":{\"a\":100}", BayeuxFault.ExtTooLarge);
        AssertLimit("\"a\":123", "\"a\":1,\"b\":2", BayeuxFault.ExtrasTooLarge);

        void AssertLimit(string within, string beyond, BayeuxFault fault)
        {
            Assert.Equal(BayeuxFault.None, Single($"{{{within}}}", limits).Fault);
            Assert.Equal(fault, Single($"{{{beyond}}}", limits).Fault);
        }
    }

    [Fact]
    public void More_messages_than_allowed_fail_as_a_whole()
    {
        var limits = new BayeuxReaderLimits { MaxMessages = 3 };

        Assert.Equal(3, Read("[{},{},{}]", limits).Messages.Count);
        Assert.Equal(BayeuxReadFailure.TooManyMessages, Read("[{},{},{},{}]", limits).Failure);
    }

    [Fact]
    public void Several_parts_share_one_limit_of_messages()
    {
        var limits = new BayeuxReaderLimits { MaxMessages = 3 };
        ReadOnlyMemory<byte> two = "[{},{}]"u8.ToArray();
        ReadOnlyMemory<byte> one = "{}"u8.ToArray();
        ReadOnlyMemory<byte> none = "[]"u8.ToArray();

        Assert.Equal(3, BayeuxReader.Read([two, none, one], limits).Messages.Count);
        Assert.Equal(BayeuxReadFailure.TooManyMessages, BayeuxReader.Read([two, two], limits).Failure);
        Assert.Equal(BayeuxReadFailure.Empty, BayeuxReader.Read([none, none], limits).Failure);
        Assert.Equal(BayeuxReadFailure.Empty, BayeuxReader.Read([], limits).Failure);
    }

    [Theory]
    [InlineData("data")]
    [InlineData("ext")]
    [InlineData("unknown")]
    [InlineData("id")]
    public void Nesting_is_allowed_up_to_the_limit(string member)
    {
        Assert.True(Read(Nested(member, 64 - 2)).IsSuccess);
        Assert.Equal(BayeuxReadFailure.TooDeep, Read(Nested(member, 64 - 1)).Failure);
        Assert.Equal(BayeuxReadFailure.TooDeep, Read(Nested(member, 1_000_000)).Failure);
    }

    [Fact]
    public void A_bomb_of_opening_brackets_alone_is_too_deep_or_no_message()
    {
        Assert.Equal(BayeuxReadFailure.NotAnObject, Read(new string('[', 1_000_000)).Failure);
        Assert.Equal(BayeuxReadFailure.TooDeep, Read("{\"ext\":" + string.Concat(Enumerable.Repeat("{\"a\":", 100_000))).Failure);
    }

    [Fact]
    public void An_owned_copy_survives_its_input()
    {
        var input = """[{"id":"1","channel":"/a","data":{"x":1},"ext":{"q":1},"foo":"bar"}]"""u8.ToArray();
        var message = BayeuxReader.Read(input, BayeuxReaderLimits.Default).Messages[0];
        var owned = message.ToOwned();
        input.AsSpan().Clear();

        Assert.Equal(
            ("\"1\"", "/a", "{\"x\":1}", "{\"q\":1}", "\"foo\":\"bar\""),
            (Text(owned.Id), owned.Channel, Text(owned.Data), Text(owned.Ext), Text(owned.Extras)));
        Assert.NotEqual(Text(owned.Data), Text(message.Data));
    }

    private static string Nested(string member, int depth) =>
        $"[{{\"channel\":\"/a\",\"{member}\":{new string('[', depth)}{new string(']', depth)}}}]";

    private static BayeuxReadResult Read(string json, BayeuxReaderLimits? limits = null) =>
        BayeuxReader.Read(Encoding.UTF8.GetBytes(json), limits ?? BayeuxReaderLimits.Default);

    private static BayeuxMessage Single(string json, BayeuxReaderLimits? limits = null) => Assert.Single(Read(json, limits).Messages);

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
