using System.Text;

namespace Tidings.ChaosTests.Reports;

/// <summary>A Markdown table.</summary>
sealed class Table
{
    readonly StringBuilder _text;

    public Table(StringBuilder text, params string[] heads)
    {
        _text = text;
        Row([.. heads]);
        Row([.. heads.Select((_, i) => i == 0 ? "---" : "---:")]);
    }

    public void Row(params object[] cells) => _text.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");
}
