namespace Tidings.Client;

/// <summary>The credentials in use, renewed before they expire and after they were refused.</summary>
internal sealed class CredentialSource(TidingsClientOptions options)
{
    private readonly SemaphoreSlim _asking = new(1);
    private int _refusals;

    /// <summary>Those in use; null before the first were asked for, and where there are none.</summary>
    public TidingsCredentials? Current { get; private set; }

    /// <summary>When they are to be renewed; null if never.</summary>
    public DateTimeOffset? RenewAt => Current?.Expires - options.RefreshBefore;

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
            return IsGood(Current) ? Current : Current = await options.Credentials(cancellationToken);
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
        Current = null;
        return options.Credentials is not null && ++_refusals < 2;
    }

    private bool IsGood(TidingsCredentials? credentials) =>
        credentials is not null && (credentials.Expires is not { } end || end - options.RefreshBefore > options.Time.GetUtcNow());
}
