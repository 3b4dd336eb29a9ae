using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tidings.Cli.Output;

namespace Tidings.Cli.Commands;

/// <summary>Lists that the server gives in pages.</summary>
internal static class Pages
{
    private const int MostAtOnce = 500;

    public static Option<int> Limit { get; } = new Option<int>("--limit") { Description = "The most to show", DefaultValueFactory = static _ => 100 }.AtLeast(1);

    public static Argument<string?> Query { get; } = new("query") { Description = "What to look for", Arity = ArgumentArity.ZeroOrOne };

    /// <summary>Shows a list as far as <see cref="Limit"/>.</summary>
    public static async Task<int> ListAsync(Invocation run, string path, params Column[] columns)
    {
        using var api = run.Api();
        var items = new JsonArray();
        var (limit, after) = (run.Value(Limit), "");
        do
        {
            var count = Math.Min(limit - items.Count, MostAtOnce).ToString(CultureInfo.InvariantCulture);
            var query = $"?limit={count}&query={Uri.EscapeDataString(run.Value(Query) ?? "")}{after}{Tenant(run)}";
            var page = await api.GetAsync(path + query);
            var found = Results.ItemsOf(page).Select(static item => item!.DeepClone()).ToArray();
            Array.ForEach(found, items.Add);
            after = page is JsonObject whole && found.Length > 0 && (string?)whole["next"] is { } next ? $"&after={Uri.EscapeDataString(next)}" : "";
        }
        while (after.Length > 0 && items.Count < limit);

        Results.Write(run, items, columns);
        return ExitCodes.Done;
    }

    public static string Tenant(Invocation run) => run.Settings.Tenant is { } tenant ? $"&tenant={Uri.EscapeDataString(tenant)}" : "";
}
