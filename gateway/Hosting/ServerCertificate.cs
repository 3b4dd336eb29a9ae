using System.Net.Security;
using System.Security.Cryptography;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Tidings.Gateway.Hosting;

/// <summary>
/// The certificate new connections get. Its files are looked at every few seconds, also behind links, as containers have them; a pair that
/// does not fit (one file already new, the other not yet) leaves the old certificate in place until the next change.
/// </summary>
internal sealed partial class ServerCertificate : IDisposable
{
    private readonly TlsOptions _options;
    private readonly ILogger<ServerCertificate> _logger;
    private readonly List<IDisposable> _watches = [];
    private SslStreamCertificateContext _current;

    /// <exception cref="OptionsValidationException">The certificate cannot be read.</exception>
    public ServerCertificate(IOptions<TlsOptions> options, ILogger<ServerCertificate> logger)
    {
        (_options, _logger) = (options.Value, logger);
        try
        {
            _current = CertificateFile.Load(_options);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new OptionsValidationException(TlsOptions.Section, typeof(TlsOptions), [$"{TlsOptions.Section}: {exception.Message}"]);
        }

        Watch(_options.Certificate!);
        if (_options.Key is { } key)
        {
            Watch(key);
        }
    }

    public SslStreamCertificateContext Current => Volatile.Read(ref _current);

    public void Dispose() => _watches.ForEach(static watch => watch.Dispose());

    private void Watch(string path)
    {
        var file = Path.GetFullPath(path);
        var provider = new PhysicalFileProvider(Path.GetDirectoryName(file)!) { UsePollingFileWatcher = true, UseActivePolling = true };
        _watches.Add(ChangeToken.OnChange(() => provider.Watch(Path.GetFileName(file)), Reload));
        _watches.Add(provider);
    }

    /// <summary>Reads the files again.</summary>
    internal void Reload()
    {
        try
        {
            Volatile.Write(ref _current, CertificateFile.Load(_options));
            Log.Reloaded(_logger, Current.TargetCertificate.Thumbprint, Current.TargetCertificate.NotAfter);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            Log.NotReloaded(_logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2411, LogLevel.Information, "New connections get certificate {Thumbprint}, valid until {NotAfter}")]
        public static partial void Reloaded(ILogger logger, string thumbprint, DateTime notAfter);

        [LoggerMessage(2412, LogLevel.Error, "The changed certificate cannot be used; the old one stays")]
        public static partial void NotReloaded(ILogger logger, Exception exception);
    }
}
