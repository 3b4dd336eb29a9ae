using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Tidings.Cli.Output;

/// <summary>A column of a table.</summary>
/// <param name="Title">Its head.</param>
/// <param name="Member">The member that it shows; with dots for members of members.</param>
/// <param name="IsBytes">Whether it is a number of bytes.</param>
internal sealed record Column(string Title, string Member, bool IsBytes = false);

/// <summary>Writes answers of the server: as tables for people, as they are for programs.</summary>
internal static class Results
{
    private const int Unbounded = 10_000;

    /// <summary>Objects as rows.</summary>
    public static void Write(Invocation run, JsonArray items, params Column[] columns)
    {
        if (run.Json)
        {
            run.Terminal.WriteLine(items.ToJsonString());
            return;
        }

        var table = new Table { Border = run.Terminal.IsInteractive ? TableBorder.Rounded : TableBorder.None };
        table.AddColumns([.. columns.Select(static column => new TableColumn(new Spectre.Console.Text(column.Title)) { NoWrap = true })]);
        foreach (var item in items)
        {
            table.AddRow([.. columns.Select(column => new Spectre.Console.Text(TextOf(item, column)))]);
        }

        Write(run.Terminal, table);
    }

    /// <summary>One object, a member a line.</summary>
    public static void Write(Invocation run, JsonObject item)
    {
        if (run.Json)
        {
            run.Terminal.WriteLine(item.ToJsonString());
            return;
        }

        var grid = new Grid().AddColumn().AddColumn();
        foreach (var (name, value) in item)
        {
            grid.AddRow(new Spectre.Console.Text(Text.Plain(name)), new Spectre.Console.Text(Show(value)));
        }

        Write(run.Terminal, grid);
    }

    /// <summary>A sentence for people, an object for programs.</summary>
    public static void Write(Invocation run, string sentence, JsonObject result) =>
        run.Terminal.WriteLine(run.Json ? result.ToJsonString() : Text.Plain(sentence));

    /// <summary>The array in an answer that is one, or a page of one.</summary>
    public static JsonArray ItemsOf(JsonNode? answer) => answer as JsonArray ?? answer?["items"] as JsonArray ?? [];

    private static void Write(Terminal terminal, Spectre.Console.Rendering.IRenderable what)
    {
        var console = terminal.Tables;
        if (!terminal.IsInteractive)
        {
            // Nothing is cut off where a program reads.
            console.Profile.Width = Unbounded;
        }
        else if (what is Table table && WidthOf(table, console) > console.Profile.Width)
        {
            // Lines that the terminal wraps, rather than ids cut into pieces.
            table.Border = TableBorder.None;
            console.Profile.Width = Unbounded;
        }

        var lines = new StringWriter();
        var plain = terminal.IsInteractive ? console : AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(lines), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        plain.Profile.Width = console.Profile.Width;
        plain.Write(what);
        foreach (var line in lines.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            terminal.WriteLine(line.TrimEnd());
        }
    }

    private static int WidthOf(Spectre.Console.Rendering.IRenderable table, IAnsiConsole console) =>
        table.Measure(Spectre.Console.Rendering.RenderOptions.Create(console, console.Profile.Capabilities), Unbounded).Max;

    private static string TextOf(JsonNode? item, Column column)
    {
        foreach (var name in column.Member.Split('.'))
        {
            item = (item as JsonObject)?[name];
        }

        return column.IsBytes && item is JsonValue value && value.TryGetValue(out long bytes) ? Bytes(bytes) : Show(item);
    }

    private static string Bytes(long count) => count < 1 << 20
        ? string.Create(CultureInfo.InvariantCulture, $"{count / 1024.0:0.#} KiB")
        : string.Create(CultureInfo.InvariantCulture, $"{count / (1024.0 * 1024):0} MiB");

    private static string Show(JsonNode? value) => value switch
    {
        null => "-",
        JsonArray array => array.Count == 0 ? "-" : string.Join(", ", array.Select(Show)),
        JsonValue text when text.GetValueKind() == JsonValueKind.String => Text.Plain(text.GetValue<string>()),
        _ => Text.Plain(value.ToJsonString()),
    };
}
