using System.Globalization;

namespace Tidings.Benchmarks.Report;

/// <summary>CPU time and resident memory of processes, from /proc (proc(5)).</summary>
internal static class ProcessFigures
{
    // Linux reports times to user space in 1/100 s on every architecture, and pages are what the runtime says.
    const double TicksPerSecond = 100;

    const int UserTimeField = 13, SystemTimeField = 14, ResidentField = 1;

    /// <summary>Seconds of CPU time used so far by all given processes.</summary>
    public static double CpuSeconds(IEnumerable<int> processIds) => processIds.Sum(CpuSeconds);

    /// <summary>Resident bytes of all given processes; shared pages count in each.</summary>
    public static long ResidentBytes(IEnumerable<int> processIds) => processIds.Sum(ResidentBytes);

    static double CpuSeconds(int processId)
    {
        var text = ReadOrEmpty($"/proc/{processId}/stat");
        if (text.Length == 0)
            return 0;
        // The second field is the command in parentheses and may hold spaces: count from behind it.
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (Number(fields[UserTimeField - 2]) + Number(fields[SystemTimeField - 2])) / TicksPerSecond;
    }

    static long ResidentBytes(int processId)
    {
        var text = ReadOrEmpty($"/proc/{processId}/statm");
        return text.Length == 0 ? 0 : Number(text.Split(' ')[ResidentField]) * Environment.SystemPageSize;
    }

    static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);

    static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
