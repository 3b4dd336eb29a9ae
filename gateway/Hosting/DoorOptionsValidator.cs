using System.Net;
using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Hosting;

/// <summary>Says at the start what of the door's configuration cannot be meant.</summary>
internal sealed class DoorOptionsValidator : IValidateOptions<DoorOptions>
{
    public ValidateOptionsResult Validate(string? name, DoorOptions options) =>
        options.Proxies.FirstOrDefault(static proxy => !IPAddress.TryParse(proxy, out _) && !IPNetwork.TryParse(proxy, out _)) is { } wrong
            ? ValidateOptionsResult.Fail($"Tidings:Proxies: '{wrong}' is neither an address nor a network such as 10.0.0.0/8.")
            : options.AllowedOrigins.FirstOrDefault(static origin => !IsOrigin(origin)) is { } odd
            ? ValidateOptionsResult.Fail($"Tidings:AllowedOrigins: '{odd}' is not an origin such as https://app.example (RFC 6454).")
            : ValidateOptionsResult.Success;

    /// <summary>Scheme, host and port alone, as browsers send it: a wildcard or a path would silently match nothing, or everything.</summary>
    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && !uri.Host.Contains('*', StringComparison.Ordinal)
        && uri.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase);
}
