using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Health;

/// <summary>Refuses a patience that a single probe could outlast.</summary>
internal sealed class HealthOptionsValidator : IValidateOptions<HealthOptions>
{
    public ValidateOptionsResult Validate(string? name, HealthOptions options) => options.Patience >= 2 * options.ProbeEvery
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"{HealthOptions.Section}:{nameof(options.Patience)} is at least twice {nameof(options.ProbeEvery)}.");
}
