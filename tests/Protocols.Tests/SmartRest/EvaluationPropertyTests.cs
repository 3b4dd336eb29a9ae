using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Tidings.Protocols.SmartRest;

namespace Tidings.Protocols.Tests.SmartRest;

public sealed class EvaluationPropertyTests
{
    private static readonly Config Config = Config.QuickThrowOnFailure.WithMaxTest(1000);

    private static readonly Gen<string> Scalar = Gen.Elements("null", "true", "1.50", "-3e2", "\"\"", "\"a,b\"", "\"\\u0061\\n\\\"\"", "\" é\"", "\"\\\\\"");

    private static readonly Gen<string> Name = Gen.Elements("a", "b", "\\u0061", "c");

    private static readonly Gen<string> Step = Gen.Elements(".a", ".b", ".c", "['a']", "[0]", "[1]");

    private static readonly Gen<string> Path = Gen.Choose(0, 3).SelectMany(count => Step.ArrayOf(count)).Select(steps => "$" + string.Concat(steps));

    private static readonly Gen<string> Value = Gen.Sized(size => Nested(Math.Min(4, 1 + size / 10)));

    [Fact]
    public void Any_path_yields_what_walking_the_tree_by_hand_yields() => Check(Value.Zip(Path), pair =>
    {
        var (json, path) = pair;
        JsonNode?[] expected = JsonNode.Parse(json) is JsonObject root && TryFind(root, path, out var found) ? [found] : [];
        return json.StartsWith('[') || Yields(Smart.Set($"11,100,,,{path}").TryEvaluate(json).Rows, expected);
    });

    [Fact]
    public void Any_base_yields_what_walking_the_tree_by_hand_yields() => Check(Value.Zip(Path).Zip(Path), triple =>
    {
        var ((json, basis), path) = triple;
        var candidates = JsonNode.Parse(json) is { } root && TryFind(root, basis, out var found)
            ? found switch { JsonArray list => [.. list], JsonObject => [found], _ => (List<JsonNode?>)[] }
            : [];
        var expected = candidates.SelectMany(node => TryFind(node, path, out var value) ? (JsonNode?[])[value] : []);
        return Yields(Smart.Set($"11,100,{basis},,{path}").TryEvaluate(json).Rows, expected);
    });

    [Fact]
    public void Any_set_yields_what_its_templates_yield_one_by_one() => Check(Value.Zip(Path.Zip(Path).Zip(Path).ListOf()), pair =>
    {
        var rows = pair.Item2.Take(40).Select((paths, i) => $"11,{100 + i},{paths.Item1.Item1},{paths.Item1.Item2},{paths.Item2}").ToArray();
        return rows.Length == 0 || Smart.Set(rows).TryEvaluate(pair.Item1).Rows == string.Concat(rows.Select(row => Smart.Set(row).TryEvaluate(pair.Item1).Rows));
    });

    [Fact]
    public void Any_bytes_are_matched_without_an_exception()
    {
        var set = Smart.Set("11,100,,,$.a", "11,101,$.b,$.a,$.a[0]");
        var bytes = Gen.OneOf(
            ArbMap.Default.GeneratorFor<byte[]>(),
            Gen.Elements("{", "}", "[", "]", "\"a\"", "\"b\"", ":", ",", "1", "\\", "\"\\ud800\"", " ").ListOf().Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts))));

        Check(bytes, json => set.TryEvaluate(json).Result.Rows >= 0 && RealtimeEntity.Of(json).Length <= json.Length);
    }

    [Fact]
    public void Any_text_is_a_path_or_refused() => Check(
        Gen.Elements("$", ".", "..", "[", "]", "'", "*", "?", "(", "a", "0", ",", ":", " ", "-", "\\").ListOf().Select(string.Concat),
        text => Enum.IsDefined(JsonPath.TryParse(text, PathUse.Base, Smart.Limits, out var path)) && path.Steps.Count <= Smart.Limits.MaxPathSteps);

    [Fact]
    public void Any_text_in_a_JSON_string_of_a_request_leaves_it_JSON() => Check(ArbMap.Default.GeneratorFor<NonNull<string>>(), value =>
    {
        var template = Smart.Set("10,100,POST,/a,application/json,,%%,,\"{\"\"t\"\":\"\"%%\"\"}\"").FindRequest("100")!;
        var request = template.Expand(1, [value.Get], Smart.Noon, out _)!;
        return JsonNode.Parse(request.Body.Span) is JsonObject { Count: 1 } body && body["t"] is JsonValue;
    });

    private static Gen<string> Nested(int depth) => depth == 0 ? Scalar : Gen.OneOf(
        Scalar,
        Name.Zip(Nested(depth - 1)).ListOf().Select(Object),
        Nested(depth - 1).ListOf().Select(elements => $"[ {string.Join(',', elements)} ]"));

    private static string Object(IEnumerable<(string Name, string Value)> members)
    {
        var distinct = members.DistinctBy(member => member.Name.Replace("\\u0061", "a", StringComparison.Ordinal));
        return $"{{{string.Join(" , ", distinct.Select(member => $"\"{member.Name}\": {member.Value}"))}}}";
    }

    private static bool TryFind(JsonNode? root, string path, out JsonNode? found)
    {
        found = root;
        if (root is not (JsonObject or JsonArray) && path != "$")
            return false;
        foreach (var step in path.Split(['$', '.', '[', ']', '\''], StringSplitOptions.RemoveEmptyEntries))
        {
            var index = char.IsAsciiDigit(step[0]) ? step[0] - '0' : -1;
            if (found is JsonObject members && index < 0 && members.ContainsKey(step))
                found = members[step];
            else if (found is JsonArray list && index >= 0 && index < list.Count)
                found = list[index];
            else
                return false;
        }

        return true;
    }

    private static bool Yields(string rows, IEnumerable<JsonNode?> expected)
    {
        var fields = Smart.Rows(rows).Select(row => row.Fields).ToArray();
        return fields.Length == expected.Count()
            && fields.Zip(expected).All(pair => pair.First is ["100", "1", var text] && Shows(text, pair.Second));
    }

    private static bool Shows(string text, JsonNode? node) => node switch
    {
        null => text.Length == 0,
        JsonValue value when value.TryGetValue<string>(out var expected) => text == expected,
        JsonValue value => text == value.ToJsonString(),
        _ => JsonNode.DeepEquals(JsonNode.Parse(text), node) && !text.Contains(": ", StringComparison.Ordinal),
    };

    private static void Check<T>(Gen<T> generator, Func<T, bool> property) => Prop.ForAll(generator.ToArbitrary(), property).Check(Config);
}
