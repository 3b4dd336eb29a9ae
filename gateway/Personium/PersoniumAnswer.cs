using System.Buffers;
using System.Globalization;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Identity.Authentication;
using Tidings.Gateway.Identity.Tokens;
using Tidings.Protocols.Personium;

namespace Tidings.Gateway.Personium;

/// <summary>An answer.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body; empty for none.</param>
/// <param name="MediaType">The body's media type, exactly.</param>
internal sealed record PersoniumAnswer(int Status, ReadOnlyMemory<byte> Body, string MediaType = PersoniumAnswer.Xml)
{
    private const string Xml = Multistatus.MediaType;

    /// <summary>What every response carries.</summary>
    private const string Version = "1.7.18";

    /// <summary>The collection would be one channel more than its tenant may have.</summary>
    public static PersoniumAnswer TooManyChannels { get; } = new(StatusCodes.Status429TooManyRequests, "There are too many channels."u8.ToArray(), "text/plain");

    /// <summary>The cluster does not answer, or cannot store.</summary>
    public static PersoniumAnswer Unavailable { get; } = new(StatusCodes.Status503ServiceUnavailable, "The server cannot do this now."u8.ToArray(), "text/plain");

    public static PersoniumAnswer TooLarge { get; } = new(StatusCodes.Status413PayloadTooLarge, "The body is larger than this server takes."u8.ToArray(), "text/plain");

    /// <summary>The entity tag to send; null for none.</summary>
    public long? Revision { get; init; }

    /// <summary>The header Allow; null for none.</summary>
    public string? Allow { get; init; }

    /// <summary>Whether the caller is asked for credentials.</summary>
    public bool Challenges { get; init; }

    /// <summary>Seconds to wait; 0: not said.</summary>
    public int RetryAfter { get; init; }

    public static PersoniumAnswer TooMany(RateRefusal refusal) =>
        new(StatusCodes.Status429TooManyRequests, "Too fast."u8.ToArray(), "text/plain") { RetryAfter = (int)refusal.RetryAfterSeconds };

    public static PersoniumAnswer Empty(int status) => new(status, default);

    public static PersoniumAnswer Json(ReadOnlyMemory<byte> body) => new(StatusCodes.Status200OK, body, MediaTypes.Json);

    public static PersoniumAnswer Error(PersoniumError error, string about = "")
    {
        var body = new ArrayBufferWriter<byte>();
        error.Write(body, about);
        return new PersoniumAnswer(error.Status, body.WrittenMemory, MediaTypes.Json) { Challenges = error.Status == StatusCodes.Status401Unauthorized };
    }

    public async Task WriteAsync(PersoniumCall call)
    {
        var response = call.Context.Response;
        response.StatusCode = Status;
        response.Headers["X-Personium-Version"] = Version;
        response.Headers.AccessControlAllowOrigin = "*";
        if (Revision is { } revision)
        {
            response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");
        }

        if (Allow is { } methods)
        {
            response.Headers.Allow = methods;
            response.Headers.AccessControlAllowMethods = methods;
        }

        if (Challenges)
        {
            response.Headers.WWWAuthenticate = new([$"Bearer realm=\"{call.CellUrl}\"", $"Basic realm=\"{call.CellUrl}\""]);
        }

        if (RetryAfter > 0)
        {
            response.Headers.RetryAfter = RetryAfter.ToString(CultureInfo.InvariantCulture);
        }

        if (!Body.IsEmpty)
        {
            response.ContentType = MediaType;
            response.ContentLength = Body.Length;
            await response.Body.WriteAsync(Body, call.Context.RequestAborted);
        }
    }
}

/// <summary>Personium's own words for credentials that are wrong.</summary>
internal sealed class PersoniumRefusal : ICredentialRefusal
{
    public Task WriteAsync(HttpContext context, Exception failure)
    {
        var answer = failure is TooManyLoginsException { RetryAfter: var wait }
            ? new PersoniumAnswer(StatusCodes.Status429TooManyRequests, "Too many failed log-ins."u8.ToArray(), "text/plain") { RetryAfter = (int)Math.Ceiling(wait.TotalSeconds) }
            : PersoniumAnswer.Error(failure.Message.Contains("Lifetime", StringComparison.Ordinal) || failure.Message.Contains("Expired", StringComparison.Ordinal)
                ? PersoniumError.TokenExpired
                : TokenService.IsRefreshToken(TokenOf(context)) ? PersoniumError.TokenIsRefresh
                : PersoniumError.TokenInvalid);
        return answer.WriteAsync(PersoniumCall.Of(context));
    }

    private static string TokenOf(HttpContext context) => context.Request.Headers.Authorization.ToString().Split(' ')[^1];
}
