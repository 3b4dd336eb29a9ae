using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace Tidings.Gateway.Hosting;

/// <summary>Reads request bodies up to a bound.</summary>
internal static class BodyReader
{
    /// <summary>Whether the body is compressed or otherwise coded (RFC 9110, section 8.4), which no front end undoes.</summary>
    public static bool IsCoded(HttpRequest request) =>
        request.Headers.ContentEncoding.Any(static coding => !string.Equals(coding, "identity", StringComparison.OrdinalIgnoreCase));

    /// <summary>The whole body, or null if it is larger than allowed.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, int most, CancellationToken cancellationToken)
    {
        if (request.ContentLength > most)
        {
            return null;
        }

        // This bound is the one that counts, above the server's own default (30 MB), too.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server)
        {
            server.MaxRequestBodySize = null;
        }

        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > most)
            {
                reader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
