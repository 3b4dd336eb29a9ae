using System.Text.Json.Nodes;
using Tidings.Conformance.Wire;

namespace Tidings.Conformance.Client;

/// <summary>What cases demand of messages.</summary>
static class Expect
{
    public static void That(bool condition, string demand)
    {
        if (!condition)
            throw new ConformanceException(demand);
    }

    public static JsonObject Success(JsonObject reply)
    {
        That(IsSuccess(reply), $"the reply should be successful: {reply.ToJsonString()}");
        return reply;
    }

    /// <summary>An unsuccessful reply whose error has the form <c>code:args:text</c>, with one of the codes where any is given.</summary>
    public static JsonObject Error(JsonObject reply, params int[] codes)
    {
        That(reply["successful"]?.GetValue<bool>() == false, $"the reply should be unsuccessful: {reply.ToJsonString()}");
        var parts = (reply["error"]?.GetValue<string>() ?? "").Split(':', 3);
        That(parts.Length == 3 && int.TryParse(parts[0], out _), $"the error should read code:args:text: {reply.ToJsonString()}");
        That(codes.Length == 0 || codes.Contains(int.Parse(parts[0])), $"the error should be one of {string.Join(", ", codes)}: {reply.ToJsonString()}");
        return reply;
    }

    /// <summary>402 with the advice to handshake again.</summary>
    public static void UnknownSession(JsonObject reply)
    {
        Error(reply, 402);
        Advice(reply, "reconnect", "handshake");
        Advice(reply, "interval", 0);
    }

    /// <summary>Advice on when and how to connect: reconnect, interval and timeout.</summary>
    public static void FullAdvice(JsonObject reply)
    {
        Advice(reply, "reconnect", "retry");
        That(reply["advice"]?["interval"] is JsonValue, $"advice.interval is missing: {reply.ToJsonString()}");
        That(reply["advice"]?["timeout"] is JsonValue timeout && timeout.GetValue<double>() > 0, $"advice.timeout is missing: {reply.ToJsonString()}");
    }

    public static void Advice(JsonObject reply, string name, JsonNode value) =>
        That(JsonNode.DeepEquals(reply["advice"]?[name], value), $"advice.{name} should be {value.ToJsonString()}: {reply.ToJsonString()}");

    public static void Same(JsonNode? expected, JsonNode? actual, string what) =>
        That(JsonNode.DeepEquals(expected, actual), $"{what} should be {Text(expected)} and is {Text(actual)}");

    public static void Status(int expected, Exchange exchange) =>
        That((int?)exchange.Status == expected, $"the HTTP status should be {expected}: {exchange}");

    /// <summary>The data of exactly these deliveries, in this order.</summary>
    public static void Data(IEnumerable<JsonObject> deliveries, params JsonNode?[] expected)
    {
        var actual = new JsonArray([.. deliveries.Select(delivery => delivery["data"]?.DeepClone())]);
        Same(new JsonArray([.. expected.Select(node => node?.DeepClone())]), actual, "what was delivered");
    }

    public static bool IsSuccess(JsonObject reply) => reply["successful"] is JsonValue value && value.TryGetValue<bool>(out var successful) && successful;

    static string Text(JsonNode? node) => node?.ToJsonString() ?? "null";
}
