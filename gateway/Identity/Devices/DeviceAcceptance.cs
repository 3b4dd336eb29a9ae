using System.Text.Json;
using System.Text.Json.Serialization;
using Tidings.Gateway.Identity.Storage;

namespace Tidings.Gateway.Identity.Devices;

/// <summary>That an administrator accepted a device.</summary>
internal sealed record DeviceAcceptance
{
    /// <summary>What users of devices are called, before the device's own name.</summary>
    public const string UserPrefix = "device_";

    public required string Device { get; init; }

    public required string Tenant { get; init; }

    public required DateTimeOffset Expires { get; init; }

    /// <summary>The user that the device becomes.</summary>
    [JsonIgnore]
    public string User => UserPrefix + Device;
}

/// <summary>What is accepted and not fetched yet. Entries that ended go when another one is made.</summary>
internal sealed class DeviceAcceptances(IIdentityStorage storage, TimeProvider time)
{
    private const string Table = "devices";

    /// <summary>The acceptance of a device; null if there is none, or none any more.</summary>
    public async ValueTask<DeviceAcceptance?> FindAsync(string device) =>
        await storage.GetAsync(Table, device) is { } json && Read(json) is var found && found.Expires > time.GetUtcNow() ? found : null;

    public async ValueTask SaveAsync(DeviceAcceptance acceptance)
    {
        foreach (var ended in (await storage.ListAsync(Table, "")).Select(Read).Where(other => other.Expires <= time.GetUtcNow()))
        {
            await storage.RemoveAsync(Table, ended.Device);
        }

        await storage.PutAsync(Table, acceptance.Device, JsonSerializer.Serialize(acceptance, DeviceJson.Default.DeviceAcceptance));
    }

    public ValueTask<bool> RemoveAsync(string device) => storage.RemoveAsync(Table, device);

    private static DeviceAcceptance Read(string json) => JsonSerializer.Deserialize(json, DeviceJson.Default.DeviceAcceptance)!;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(DeviceAcceptance))]
internal sealed partial class DeviceJson : JsonSerializerContext;
