using System.Text;

namespace Tidings.ChaosTests.Servers;

/// <summary>Puts the time before each line, for programs that do not.</summary>
sealed class StampedWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void WriteLine(string? value) => inner.WriteLine($"{DateTime.Now:HH:mm:ss.fff}_{value}");
}
