namespace Tidings.Client;

/// <summary>The credentials in use, renewed before they expire and after they were refused.</summary>
internal sealed class CredentialSource(TidingsClientOptions options)
{
    private readonly SemaphoreSlim _asking = new(1);
    private int _refusals;

    /// <summary>Those in use; null before the first were asked for, and where there are none.</summary>
    public TidingsCredentials? Current { get; private set; }

    /// <summary>When they are to be renewed; null if never.</summary>
    public DateTimeOffset? RenewAt { get; private set; }

    /// <summary>Good credentials; null where there are none.</summary>
    public async ValueTask<TidingsCredentials?> GetAsync(CancellationToken cancellationToken)
    {
        if (options.Credentials is null || IsGood(Current))
        {
            return Current;
        }

        await _asking.WaitAsync(cancellationToken);
        try
        {
            return IsGood(Current) ? Current : Take(await options.Credentials(cancellationToken));
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>The server took them.</summary>
    public void Accepted() => _refusals = 0;

    /// <summary>The server refused them. False if new ones were refused already, or there is nobody to ask for others.</summary>
    public bool Refused()
    {
        (Current, RenewAt) = (null, null);
        return options.Credentials is not null && ++_refusals < 2;
    }

    /// <summary>Those that live for less than twice the time before their end are renewed after half of their life, and not again and again.</summary>
    private TidingsCredentials? Take(TidingsCredentials? credentials)
    {
        RenewAt = null;
        if (credentials?.Expires is { } end)
        {
            var half = (end - options.Time.GetUtcNow()) / 2;
            RenewAt = end - (half < options.RefreshBefore ? half : options.RefreshBefore);
        }

        return Current = credentials;
    }

    private bool IsGood(TidingsCredentials? credentials) =>
        credentials is not null && (RenewAt is not { } renewal || renewal > options.Time.GetUtcNow());
}
