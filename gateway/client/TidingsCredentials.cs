using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Tidings.Client;

/// <summary>What proves who the client is. Its secret is shown nowhere but to the server.</summary>
public sealed class TidingsCredentials
{
    private readonly string? _user;
    private readonly string _secret;

    private TidingsCredentials(string? user, string secret, DateTimeOffset? expires)
    {
        _user = user;
        _secret = secret;
        Expires = expires;
    }

    /// <summary>When they end; null if they do not, or if that is not known.</summary>
    public DateTimeOffset? Expires { get; }

    /// <summary>A user and a password (RFC 7617).</summary>
    /// <param name="user"><c>user</c> or <c>tenant/user</c>; no colon.</param>
    /// <param name="password">The password.</param>
    public static TidingsCredentials Basic(string user, string password)
    {
        ArgumentException.ThrowIfNullOrEmpty(user);
        ArgumentNullException.ThrowIfNull(password);
        return user.Contains(':', StringComparison.Ordinal)
            ? throw new ArgumentException("A user's name has no colon.", nameof(user))
            : new TidingsCredentials(user, password, null);
    }

    /// <summary>A token or an API key (RFC 6750).</summary>
    /// <param name="token">The token.</param>
    /// <param name="expires">When it ends; it is renewed before. Null if it does not.</param>
    public static TidingsCredentials Bearer(string token, DateTimeOffset? expires = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(token);
        return new TidingsCredentials(null, token, expires);
    }

    /// <summary>Without the secret.</summary>
    public override string ToString() => _user is null ? "Bearer" : $"Basic {_user}";

    internal AuthenticationHeaderValue Header => _user is null
        ? new AuthenticationHeaderValue("Bearer", _secret)
        : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_user}:{_secret}")));

    /// <summary>The value of <c>ext.authentication</c>.</summary>
    internal void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject("authentication"u8);
        if (_user is null)
        {
            json.WriteString("token"u8, _secret);
        }
        else
        {
            json.WriteString("user"u8, _user);
            json.WriteString("password"u8, _secret);
        }

        json.WriteEndObject();
    }
}
