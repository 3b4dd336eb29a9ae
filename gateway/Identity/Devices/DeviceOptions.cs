using System.ComponentModel.DataAnnotations;

namespace Tidings.Gateway.Identity.Devices;

/// <summary>How new devices get credentials of their own, in configuration section <c>Tidings:Devices</c>.</summary>
public sealed record DeviceOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Tidings:Devices";

    /// <summary>
    /// Whether a user with role <c>devicebootstrap</c>, which every new device logs in as, gets the credentials of devices that an
    /// administrator accepted. Default false: nobody does.
    /// </summary>
    public bool Bootstrap { get; init; }

    /// <summary>How long an accepted device may take to fetch its credentials. Default 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan AcceptedFor { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long after that a device may fetch again, which the answer was lost of; each time with a new password. Default 1 minute.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan RepeatFor { get; init; } = TimeSpan.FromMinutes(1);
}
