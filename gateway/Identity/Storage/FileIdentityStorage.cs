using System.Text.Json;
using Tidings.Gateway.Identity.Accounts;

namespace Tidings.Gateway.Identity.Storage;

/// <summary>Keeps identity in a file that only its owner can read, replaced whole at each change; log-ins stay in memory.</summary>
internal sealed class FileIdentityStorage : MemoryIdentityStorage
{
    private readonly string _path;

    /// <exception cref="InvalidOperationException">The file is there and is not what this class wrote.</exception>
    public FileIdentityStorage(string path, TimeProvider time, int maxGrants = 100_000, GatewayMetrics? metrics = null)
        : base(time, maxGrants, metrics)
    {
        _path = Path.GetFullPath(path);
        if (File.Exists(_path))
        {
            Load(Read());
        }
    }

    protected override void Save(Dictionary<string, Dictionary<string, string>> tables)
    {
        var temporary = _path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(temporary, options))
        {
            JsonSerializer.Serialize(file, tables, AccountJson.Default.DictionaryStringDictionaryStringString);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, _path, overwrite: true);
    }

    private Dictionary<string, Dictionary<string, string>> Read()
    {
        try
        {
            using var file = File.OpenRead(_path);
            return JsonSerializer.Deserialize(file, AccountJson.Default.DictionaryStringDictionaryStringString) ?? [];
        }
        catch (JsonException exception)
        {
            throw new InvalidOperationException($"The user file {_path} cannot be read: {exception.Message}", exception);
        }
    }
}

/// <summary>What is said of the user file.</summary>
internal static partial class FileIdentityLog
{
    [LoggerMessage(2453, LogLevel.Error, "The user file could not be written; what was to be changed is as it was")]
    public static partial void NotSaved(this ILogger<FileIdentityStorage> logger, Exception exception);
}
