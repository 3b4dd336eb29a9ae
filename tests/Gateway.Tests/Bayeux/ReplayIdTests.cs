using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Tidings.Gateway.Bayeux;

namespace Tidings.Gateway.Tests.Bayeux;

public sealed class ReplayIdTests
{
    private static readonly string[] Names = ["event", "Event", "event2", "replayId", "a", "", "\u00e9", "\"\\"];

    [Theory]
    [InlineData("{}", """{"event":{"replayId":17}}""")]
    [InlineData(" { } ", """ {"event":{"replayId":17} } """)]
    [InlineData("""{"a":1}""", """{"event":{"replayId":17},"a":1}""")]
    [InlineData("""{"event":{}}""", """{"event":{"replayId":17}}""")]
    [InlineData("""{"event":{ }}""", """{"event":{"replayId":17 }}""")]
    [InlineData("""{"event":{"type":"x"}}""", """{"event":{"replayId":17,"type":"x"}}""")]
    [InlineData("""{"a":{"event":{}},"event":{"b":[]}}""", """{"a":{"event":{}},"event":{"replayId":17,"b":[]}}""")]
    [InlineData("""{"a":{"event":{"b":1}}}""", """{"event":{"replayId":17},"a":{"event":{"b":1}}}""")]
    public void The_id_is_a_member_of_event(string data, string expected) => Assert.Equal(expected, Add(data));

    [Theory]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("\"event\"")]
    [InlineData("[]")]
    [InlineData("""[{"event":{}}]""")]
    public void What_is_no_object_stays_as_it_is(string data) => Assert.Equal(data, Add(data));

    [Theory]
    [InlineData("""{"\ud800xxx":1}""")]
    [InlineData("""{"\uDC00":{"event":1}}""")]
    public void A_name_with_half_a_surrogate_pair_is_no_event(string data) => Assert.Equal($$"""{"event":{"replayId":17},{{data[1..]}}""", Add(data));

    [Fact]
    public void A_name_may_be_escaped() => Assert.Equal("""{"\u0065vent":{"replayId":17}}""", Add("""{"\u0065vent":{}}"""));

    [Fact]
    public void Data_may_be_deep()
    {
        var deep = $$"""{"a":{{new string('[', 100)}}{{new string(']', 100)}}}""";

        Assert.StartsWith("""{"event":{"replayId":17},""", Add(deep), StringComparison.Ordinal);
    }

    [Fact]
    public void The_result_is_the_data_and_the_id() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(Arb.From(Objects(depth: 3)), static data =>
        {
            var result = (JsonObject)JsonNode.Parse(Add(data.ToJsonString()))!;
            var added = result["event"] as JsonObject;
            Assert.Equal(17, added!["replayId"]!.GetValue<int>());

            added.Remove("replayId");
            if (!data.ContainsKey("event"))
            {
                Assert.Empty(added);
                result.Remove("event");
            }

            Assert.True(JsonNode.DeepEquals(data, result), $"{data.ToJsonString()} became {result.ToJsonString()}");
        }));

    /// <summary>Objects in which an event is an object without an id, where there is one.</summary>
    private static Gen<JsonObject> Objects(int depth) =>
        from members in Gen.ListOf(Gen.Zip(Gen.Elements(Names), Values(depth)))
        select new JsonObject(members
            .Select(static member => member.Item1 == "replayId" ? ("id", member.Item2) : (member.Item1, member.Item2))
            .DistinctBy(static member => member.Item1)
            .Select(static member => KeyValuePair.Create(member.Item1, member.Item1 == "event" && member.Item2 is not JsonObject ? new JsonObject() : member.Item2?.DeepClone())));

    private static Gen<JsonNode?> Values(int depth)
    {
        var plain = Gen.Elements<JsonNode?>(null, true, 1, "event", "{\"event\":1}");
        return depth == 0 ? plain : Gen.OneOf(
            plain,
            Objects(depth - 1).Select(static value => (JsonNode?)value),
            Gen.ListOf(Values(depth - 1)).Select(static values => (JsonNode?)new JsonArray([.. values.Select(static value => value?.DeepClone())])));
    }

    private static string Add(string data) => Encoding.UTF8.GetString(ReplayId.AddTo(Encoding.UTF8.GetBytes(data), 17));
}
