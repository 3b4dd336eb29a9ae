using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Sessions;

/// <summary>Says at the start which rule could never match.</summary>
internal sealed class WindowOptionsValidator(IOptions<TidingsLimits> limits) : IValidateOptions<WindowOptions>
{
    public ValidateOptionsResult Validate(string? name, WindowOptions options)
    {
        foreach (var rule in options.Rules)
        {
            if (!ChannelName.TryNormalize(rule.Channels, limits.Value, out var channels) || channels != rule.Channels)
            {
                return ValidateOptionsResult.Fail($"{WindowOptions.Section}: '{rule.Channels}' is neither a channel nor a pattern such as /prices/**.");
            }

            if (!Enum.IsDefined(rule.WhenFull))
            {
                return ValidateOptionsResult.Fail($"{WindowOptions.Section}: {rule.WhenFull} is nothing that can be done when a window is full.");
            }
        }

        return ValidateOptionsResult.Success;
    }
}
