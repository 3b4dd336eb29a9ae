namespace Tidings.Protocols.Hono;

/// <summary>Where connection events go.</summary>
public enum ConnectionEventProducerKind
{
    /// <summary>Nowhere.</summary>
    None,

    /// <summary>To the log.</summary>
    Logging,

    /// <summary>As events to the bus.</summary>
    Events,
}

/// <summary>The level that the logging producer writes at.</summary>
public enum ConnectionEventLogLevel
{
    /// <summary>Debug.</summary>
    Debug,

    /// <summary>Information.</summary>
    Info,
}

/// <summary>Hono's settings for connection events, read as Hono reads them.</summary>
public static class ConnectionEventSettings
{
    /// <summary><c>logging</c> if nothing is said; case does not matter; what is not known is <c>none</c>, without an error.</summary>
    public static ConnectionEventProducerKind ReadProducer(string? text) => text?.ToUpperInvariant() switch
    {
        null or "" or "LOGGING" => ConnectionEventProducerKind.Logging,
        "EVENTS" => ConnectionEventProducerKind.Events,
        _ => ConnectionEventProducerKind.None,
    };

    /// <summary><c>info</c> if nothing is said; case does not matter.</summary>
    /// <exception cref="ArgumentException">Neither <c>debug</c> nor <c>info</c>: the server does not start.</exception>
    public static ConnectionEventLogLevel ReadLogLevel(string? text) => text?.ToUpperInvariant() switch
    {
        null or "" or "INFO" => ConnectionEventLogLevel.Info,
        "DEBUG" => ConnectionEventLogLevel.Debug,
        _ => throw new ArgumentException($"unsupported log level: {text}", nameof(text)),
    };
}
