using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Tidings.Protocols.Hono;

namespace Tidings.Silo.ConnectionEvents;

/// <summary>Reads Hono's own names of the settings, and refuses what Hono refuses.</summary>
internal sealed class ConnectionEventSetup(IConfiguration configuration) : IPostConfigureOptions<ConnectionEventOptions>, IValidateOptions<ConnectionEventOptions>
{
    public void PostConfigure(string? name, ConnectionEventOptions options)
    {
        options.Producer ??= Of("producer", "PRODUCER");
        options.LogLevel ??= Of("logLevel", "LOGLEVEL");
    }

    public ValidateOptionsResult Validate(string? name, ConnectionEventOptions options)
    {
        try
        {
            ConnectionEventSettings.ReadLogLevel(options.LogLevel);
        }
        catch (ArgumentException exception)
        {
            return ValidateOptionsResult.Fail(exception.Message);
        }

        // The framework looks at the section itself, not at what is in it.
        var faults = new List<ValidationResult>();
        foreach (var part in options.Tenants.Values.Append<object>(options.Amqp))
        {
            Validator.TryValidateObject(part, new ValidationContext(part), faults, validateAllProperties: true);
        }

        if (faults.Count > 0)
        {
            return ValidateOptionsResult.Fail(faults.Select(static fault => $"{ConnectionEventOptions.Section}: {fault.ErrorMessage}"));
        }

        return options.Amqp.Url is { Length: > 0 } url && !IsAmqp(url)
            ? ValidateOptionsResult.Fail($"{ConnectionEventOptions.Section}:Amqp:Url is no URL of scheme amqp or amqps.")
            : ValidateOptionsResult.Success;
    }

    private static bool IsAmqp(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri is { Scheme: "amqp" or "amqps" };

    private string? Of(string property, string variable) =>
        configuration[$"hono:connectionEvents:{property}"]
        ?? configuration[$"hono.connectionEvents.{property}"]
        ?? configuration[$"HONO_CONNECTIONEVENTS_{variable}"]
        ?? configuration[$"HONO_CONNECTION_EVENTS_{variable}"];
}
