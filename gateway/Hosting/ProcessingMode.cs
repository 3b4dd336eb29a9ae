namespace Tidings.Gateway.Hosting;

/// <summary>
/// What a publisher wants done with a message, as header <c>X-Cumulocity-Processing-Mode</c> says. This server stores messages to notify
/// subscribers of them, so it does nothing with one that notifies nobody.
/// </summary>
/// <param name="Name">The mode, as the header has it.</param>
/// <param name="Notifies">Whether subscribers are notified.</param>
internal sealed record ProcessingMode(string Name, bool Notifies)
{
    public const string Header = "X-Cumulocity-Processing-Mode";

    private static readonly ProcessingMode Persistent = new("PERSISTENT", Notifies: true);
    private static readonly ProcessingMode[] Modes = [Persistent, new("TRANSIENT", true), new("QUIESCENT", false), new("CEP", false)];

    /// <summary>The names of all modes.</summary>
    public static IEnumerable<string> All => Modes.Select(static mode => mode.Name);

    /// <summary>The mode of a request, PERSISTENT unless it says otherwise; null if it says something else.</summary>
    public static ProcessingMode? Of(HttpRequest request) => request.Headers[Header].ToString().Trim() is { Length: > 0 } name
        ? Array.Find(Modes, mode => mode.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        : Persistent;
}
