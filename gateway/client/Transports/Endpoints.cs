namespace Tidings.Client.Transports;

/// <summary>Where to connect to: the address of the options, or a host that the server named and that is trusted.</summary>
internal sealed class Endpoints(Uri url, IReadOnlyList<string> trusted)
{
    private Uri[] _advised = [];
    private int _next;

    public Uri Current => _next == 0 ? url : _advised[_next - 1];

    /// <summary>The server named hosts to go to (Bayeux specification, "hosts" of advice), in the order to try them.</summary>
    /// <returns>Whether the address changed.</returns>
    public bool Advise(IReadOnlyList<string>? hosts)
    {
        Uri[] advised = [.. (hosts ?? []).Where(IsTrusted).Select(At).OfType<Uri>()];
        if (advised.Length == 0)
        {
            return false;
        }

        var before = Current;
        (_advised, _next) = (advised, 1);
        return Current != before;
    }

    /// <summary>The current address could not be reached: the next one, and after the last the one of the options again.</summary>
    public void Fail() => _next = _next == 0 || _next == _advised.Length ? 0 : _next + 1;

    private bool IsTrusted(string host) => trusted.Any(one => one == "*" || string.Equals(one, host, StringComparison.OrdinalIgnoreCase));

    private Uri? At(string host) => Uri.TryCreate($"{url.Scheme}://{host}", UriKind.Absolute, out var there) && there.PathAndQuery == "/" && there.UserInfo.Length == 0
        ? new UriBuilder(url) { Host = there.Host, Port = there.Port }.Uri
        : null;
}
