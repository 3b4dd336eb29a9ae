using System.Text;
using Tidings.Protocols.SmartRest;

namespace Tidings.Protocols.Tests.SmartRest;

public sealed class EvaluationBoundsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"id\":1}x")]
    [InlineData("{\"id\":1,}")]
    [InlineData("{\"id\":tru}")]
    [InlineData("[{\"id\":1},")]
    [InlineData("not json")]
    public void What_is_not_JSON_yields_nothing(string json)
    {
        Assert.Equal(("", new EvaluationResult(0, EvaluationStatus.Unreadable)), Smart.Set("11,100,,,$.id").TryEvaluate(json));
        Assert.Equal(EvaluationStatus.Unreadable, Smart.Set("11,100,,,$.id", "11,101,$.a,,$.id").TryEvaluate(json).Result.Status);
    }

    [Fact]
    public void What_is_not_UTF_8_yields_nothing()
    {
        byte[] json = [.. "{\"id\":\""u8, 0xFF, .. "\"}"u8];

        Assert.Equal(EvaluationStatus.Unreadable, Smart.Set("11,100,,,$.id").TryEvaluate(json).Result.Status);
    }

    [Theory]
    [InlineData(64, EvaluationStatus.Complete)]
    [InlineData(65, EvaluationStatus.Unreadable)]
    [InlineData(100_000, EvaluationStatus.Unreadable)]
    public void Nesting_has_a_bound(int depth, EvaluationStatus status)
    {
        var json = $"{string.Concat(Enumerable.Repeat("{\"a\":", depth - 1))}{{}}{new string('}', depth - 1)}";

        Assert.Equal(status, Smart.Set("11,100,,,$.id", "11,101,$.a,,$.a.a.id").TryEvaluate(json).Result.Status);
    }

    [Fact]
    public void Rows_have_a_bound()
    {
        var (rows, result) = Smart.Set(Smart.Limits with { MaxMatches = 3 }, "11,100,$.l,,$.n").TryEvaluate("""{"l":[{"n":1},{"n":2},{"n":3},{"n":4}]}""");

        Assert.Equal(("100,1,1\n100,1,2\n100,1,3\n", new EvaluationResult(3, EvaluationStatus.Truncated)), (rows, result));
    }

    [Fact]
    public void Output_has_a_bound_and_ends_with_a_whole_row()
    {
        var set = Smart.Set(Smart.Limits with { MaxOutputBytes = 100 }, "11,100,$.l,,$.n");

        var (rows, result) = set.TryEvaluate($$"""{"l":[{"n":"{{new string('x', 10)}}"},{"n":"{{new string(',', 60)}}"}]}""");

        Assert.Equal(("100,1,xxxxxxxxxx\n", EvaluationStatus.Truncated), (rows, result.Status));
    }

    [Fact]
    public void Cells_have_a_bound()
    {
        var set = Smart.Set(Smart.Limits with { MaxCells = 64 }, "11,100,$.l,$.last,$.n");
        var list = string.Join(',', Enumerable.Repeat("{\"n\":1}", 10_000).Append("{\"n\":2,\"last\":{}}"));

        Assert.Equal(EvaluationStatus.Truncated, set.TryEvaluate($$"""{"l":[{{list}}]}""").Result.Status);
        Assert.Equal("100,1,2\n", Smart.Set("11,100,$.l,$.last,$.n").Evaluate($$"""{"l":[{{list}}]}"""));
    }

    [Fact]
    public void A_full_set_is_matched_in_one_walk()
    {
        // A thousand templates over nested bases and a large list: with a walk per template this would take minutes.
        var rows = Enumerable.Range(0, 1000).Select(i => $"11,{1000 + i},{string.Concat(Enumerable.Repeat(".a", i % 30)).TrimStart('.')},$.x{i},$.y{i}");
        var set = Smart.Set([.. rows]);
        var inner = $"{{\"x7\":1,\"y7\":2,\"list\":[{string.Join(',', Enumerable.Repeat("{\"n\":1}", 50_000))}]}}";
        var json = $"{string.Concat(Enumerable.Repeat("{\"a\":", 7))}{inner}{new string('}', 7)}";

        Assert.Equal("1007,1,2\n", set.Evaluate(json));
    }

    [Fact]
    public void One_set_is_used_by_many_at_once()
    {
        var set = Smart.Set("11,100,$.l,,$.n,$.m");

        Parallel.For(0, 2_000, i => Assert.Equal(
            $"100,1,{i},a\n100,1,-{i},b\n", set.Evaluate($$"""{"l":[{"n":{{i}},"m":"a"},{"n":-{{i}},"m":"\u0062"}]}""")));
    }

    [Fact]
    public void What_templates_see_is_the_body_where_it_is_not_JSON()
    {
        var body = Encoding.UTF8.GetBytes("{\"realtimeAction\":1,\"data\":{}");

        Assert.True(RealtimeEntity.Of(body).Span.SequenceEqual(body));
    }
}
