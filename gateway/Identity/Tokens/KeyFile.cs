using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.IdentityModel.Tokens;

namespace Tidings.Gateway.Identity.Tokens;

/// <summary>
/// An issuer's keys in a file: a JSON Web Key Set (RFC 7517), or public keys or certificates in PEM (RFC 7468), one after the other. Looked at again
/// when a token comes, at most once a second; a file that cannot be read leaves the old keys in place.
/// </summary>
internal sealed partial class KeyFile
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private string _text;
    private List<SecurityKey> _keys;
    private DateTimeOffset _looked;

    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="ArgumentException">It has no key.</exception>
    public KeyFile(string path, TimeProvider time, ILogger logger)
    {
        (_path, _time, _logger) = (Path.GetFullPath(path), time, logger);
        _text = File.ReadAllText(_path);
        _keys = Read(_text);
        _looked = time.GetSteadyNow();
    }

    /// <summary>The keys as of now.</summary>
    public IReadOnlyList<SecurityKey> Keys
    {
        get
        {
            lock (_lock)
            {
                if (_time.GetSteadyNow() - _looked >= LookEvery)
                {
                    _looked = _time.GetSteadyNow();
                    Look();
                }

                return _keys;
            }
        }
    }

    private void Look()
    {
        try
        {
            var text = File.ReadAllText(_path);
            if (text != _text)
            {
                _keys = Read(text);
                _text = text;
                Log.Reloaded(_logger, _path, _keys.Count);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            Log.NotReloaded(_logger, _path, exception);
        }
    }

    private static List<SecurityKey> Read(string text)
    {
        List<SecurityKey> keys = text.TrimStart().StartsWith('{') ? [.. new JsonWebKeySet(text).GetSigningKeys()] : [.. Pems(text)];
        return keys.Count > 0 ? keys : throw new ArgumentException("There is no key in it.");
    }

    private static IEnumerable<SecurityKey> Pems(string text)
    {
        for (var left = text; PemEncoding.TryFind(left, out var found); left = left[found.Location.End..])
        {
            yield return KeyOf(left[found.Location], left[found.Label]);
        }
    }

    private static SecurityKey KeyOf(string pem, string label)
    {
        if (label == "CERTIFICATE")
        {
            return new X509SecurityKey(X509Certificate2.CreateFromPem(pem));
        }

        try
        {
            var ecdsa = ECDsa.Create();
            ecdsa.ImportFromPem(pem);
            return new ECDsaSecurityKey(ecdsa);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return new RsaSecurityKey(rsa);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2451, LogLevel.Information, "The issuer's keys in {File} were read again: {Count}")]
        public static partial void Reloaded(ILogger logger, string file, int count);

        [LoggerMessage(2452, LogLevel.Error, "The issuer's keys in {File} cannot be read; the old ones stay")]
        public static partial void NotReloaded(ILogger logger, string file, Exception exception);
    }
}
