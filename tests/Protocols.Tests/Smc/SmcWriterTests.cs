using System.Text.Json;
using Tidings.Protocols.Smc;

namespace Tidings.Protocols.Tests.Smc;

public sealed class SmcWriterTests
{
    private const string Element = "http://h:8082/7.1/elements/host/1732";

    [Theory]
    [InlineData("7.1", """{"event":{"type":"create","element":"http://h:8082/7.1/elements/host/1732"},"subscription_id":4}""")]
    [InlineData("6.6", """{"event":{"type":"create","element":"http://h:8082/7.1/elements/host/1732"},"subscription_id":4}""")]
    [InlineData("6.5", """{"events":[{"type":"create","element":"http://h:8082/7.1/elements/host/1732"}],"subscription_id":4}""")]
    [InlineData("5.10", """{"events":[{"type":"create","element":"http://h:8082/7.1/elements/host/1732"}],"subscription_id":4}""")]
    public void The_sessions_version_decides_between_event_and_events(string version, string frame) =>
        Assert.Equal(frame, Event(version, """{"type":"create"}"""));

    [Theory]
    [InlineData("""{"type":"update","element":"evil","by":"me"}""", """{"type":"update","by":"me",""")]
    [InlineData("""{"by":"me"}""", """{"type":"update","by":"me",""")]
    [InlineData("""{"type":"validating"}""", """{"type":"validating",""")]
    [InlineData("""{"type":"c8y_Alarm","by":"me"}""", """{"type":"update","by":"me",""")]
    [InlineData("""{"type":5}""", """{"type":"update",""")]
    [InlineData("[1]", """{"type":"update","content":[1],""")]
    [InlineData("\"text\"", """{"type":"update","content":"text",""")]
    [InlineData("no json", """{"type":"update",""")]
    [InlineData("""{"type":"create","type":"delete"}""", """{"type":"update",""")]
    public void An_event_always_has_type_and_element(string body, string members) =>
        Assert.Equal($$$"""{"event":{{{members}}}"element":"{{{Element}}}"},"subscription_id":4}""", Event("7.2", body));

    [Theory]
    [InlineData("""{"a\ud800":1}""")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"a":{"\udc00":["\ud800"]},"b":1}""")]
    public void Half_surrogate_pairs_in_a_body_break_nothing(string body)
    {
        using var frame = JsonDocument.Parse(Event("7.2", body));
        Assert.Equal(Element, frame.RootElement.GetProperty("event").GetProperty("element").GetString());
    }

    [Fact]
    public void A_context_is_repeated_as_it_came() => Assert.Equal(
        """{"success":"Subscribed for notifications","context":"host,  router","subscription_id":7}""",
        Text.Written(output => SmcSocketWriter.WriteSubscribed(output, "host,  router", 7)));

    [Fact]
    public void A_failure_is_a_failure_and_never_an_error() => Assert.Equal(
        """{"failure":"Unknown context: \"x\""}""",
        Text.Written(output => SmcSocketWriter.WriteFailure(output, SmcFailures.UnknownContext("\"x\""))));

    [Fact]
    public void Documents_have_the_clients_names()
    {
        Assert.Equal(
            """{"version":[{"rel":"7.1","href":"http://h/7.1/api","method":"GET"}]}""",
            Text.Of(SmcDocuments.Versions([new SmcLink("7.1", "http://h/7.1/api")])));
        Assert.Equal(
            """{"entry_point":[{"rel":"logout","href":"http://h/7.1/logout","method":"PUT"}]}""",
            Text.Of(SmcDocuments.EntryPoints([new SmcLink("logout", "http://h/7.1/logout", "PUT")])));
        Assert.Equal("""{"value":"http://h/x"}""", Text.Of(SmcDocuments.Value("http://h/x")));
        Assert.Equal(
            """{"result":[{"href":"http://h/x","name":"h1","type":"host"}]}""",
            Text.Of(SmcDocuments.Elements([new SmcListItem("http://h/x", "h1", "host")])));
        Assert.Equal(
            """{"status":"404","message":"Not found","details":["No such element."]}""",
            Text.Of(SmcDocuments.Error(404, "Not found", "No such element.")));
    }

    private static string Event(string version, string body)
    {
        Assert.True(SmcVersion.TryParse(version, out var parsed));
        return Text.Written(output => SmcSocketWriter.WriteEvent(output, parsed, SmcSocketWriter.EncodeBody(Text.Bytes(body)), Element, 4));
    }
}
