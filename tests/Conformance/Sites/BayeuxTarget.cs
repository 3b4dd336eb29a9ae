namespace Tidings.Conformance.Sites;

/// <summary>A running server and what is known of it.</summary>
sealed record BayeuxTarget
{
    /// <summary>The Bayeux endpoint.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>How long the server holds a connect.</summary>
    public required TimeSpan Hold { get; init; }

    /// <summary>How long a session lives without a connect, one sweep included; null when unknown.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>The most bytes of a request; null when there is no limit or it is unknown.</summary>
    public int? MaxMessageBytes { get; init; }

    /// <summary>After how long a lazy message is sent on its own; null when there are no lazy channels.</summary>
    public TimeSpan? LazyTimeout { get; init; }

    /// <summary>An origin whose pages may call the server; null when unknown.</summary>
    public string? AllowedOrigin { get; init; }

    /// <summary>The endpoint where HTTP/2 is spoken without TLS; null when there is none.</summary>
    public Uri? Http2Endpoint { get; init; }
}
