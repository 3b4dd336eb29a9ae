using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tidings.Gateway.Bayeux;

namespace Tidings.Gateway.Tests.Bayeux;

public sealed class BayeuxExtTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("{}", false)]
    [InlineData("""{"ack":true}""", true)]
    [InlineData("""{"a":{"ack":true}}""", false)]
    [InlineData("""{"a":[{"b":1}],"ack":true,"c":1}""", true)]
    [InlineData("""{"ack":false}""", false)]
    [InlineData("""{"ack":1}""", false)]
    [InlineData("""{"ack":"true"}""", false)]
    [InlineData("""{"ack":{"enabled":true}}""", false)]
    [InlineData("""{"\ud800ack":true}""", false)]
    public void An_extension_is_asked_for_by_true(string ext, bool asks) => Assert.Equal(asks, BayeuxExt.Asks(Bytes(ext), "ack"u8));

    [Theory]
    [InlineData("", 0)]
    [InlineData("""{"ack":7}""", 7)]
    [InlineData("""{"ack":0}""", 0)]
    [InlineData("""{"ack":-1}""", 0)]
    [InlineData("""{"ack":1.5}""", 0)]
    [InlineData("""{"ack":1e400}""", 0)]
    [InlineData("""{"ack":99999999999999999999}""", 0)]
    [InlineData("""{"ack":"7"}""", 0)]
    [InlineData("""{"ack":true}""", 0)]
    [InlineData("""{"ack":[7]}""", 0)]
    [InlineData("""{"ack":null}""", 0)]
    public void A_batch_is_acknowledged_by_a_positive_whole_number(string ext, long expected) => Assert.Equal(expected, BayeuxExt.AckOf(Bytes(ext)));

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"replay":true}""")]
    [InlineData("""{"replay":[]}""")]
    [InlineData("""{"replay":{}}""")]
    [InlineData("""{"replay":null}""")]
    [InlineData("""{"replay":{"/a":"17"}}""")]
    [InlineData("""{"replay":{"/a":1.5,"/b":{"/c":1}}}""")]
    public void Other_shapes_name_no_place(string ext) => Assert.Empty(BayeuxExt.ReplayOf(Bytes(ext)));

    [Fact]
    public void Places_are_named_by_channel_without_its_query()
    {
        var places = BayeuxExt.ReplayOf(Bytes("""{"x":{},"replay":{"/a":17,"/bad":[1,{"/a":2}],"\ud800":3,"/b?filter=/c":-2,"/d":-1}}"""));

        Assert.Equal(17, places["/a"]);
        Assert.Equal(-2, places["/b"]);
        Assert.Equal(-1, places["/d"]);
        Assert.False(places.ContainsKey("/bad"));
    }

    [Fact]
    public void No_shape_makes_it_throw()
    {
        var names = Gen.Elements("\"ack\"", "\"replay\"", "\"/a\"", "\"\"", "\"\\ud800ack\"", "\"\\udc00\"", "\"\\u0061ck\"", "\"\\\\udack\"");
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Arb.From(Objects(names, depth: 3)), static ext =>
        {
            BayeuxExt.Asks(Bytes(ext), "ack"u8);
            BayeuxExt.Asks(Bytes(ext), "replay"u8);
            Assert.True(BayeuxExt.AckOf(Bytes(ext)) >= 0);
            Assert.NotNull(BayeuxExt.ReplayOf(Bytes(ext)));
        }));
    }

    private static Gen<string> Objects(Gen<string> names, int depth) =>
        from members in Gen.ListOf(Gen.Zip(names, Values(names, depth)))
        select $"{{{string.Join(',', members.Select(static member => $"{member.Item1}:{member.Item2}"))}}}";

    private static Gen<string> Values(Gen<string> names, int depth)
    {
        var plain = Gen.OneOf(Gen.Elements("true", "false", "null", "-1", "3", "1e9", "\"x\"", "[]"), names);
        return depth == 0 ? plain : Gen.OneOf(plain, Objects(names, depth - 1), Gen.ListOf(Values(names, depth - 1)).Select(static values => $"[{string.Join(',', values)}]"));
    }

    private static byte[] Bytes(string json) => Encoding.UTF8.GetBytes(json);
}
