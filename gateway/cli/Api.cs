using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tidings.Cli;

/// <summary>Calls the server's HTTP API; what it refuses ends the command.</summary>
internal sealed class Api : IDisposable
{
    private readonly HttpClient _http;
    private readonly CancellationToken _cancellationToken;

    public Api(Settings settings, TimeSpan patience, CancellationToken cancellationToken)
    {
        _cancellationToken = cancellationToken;
        _http = new HttpClient { BaseAddress = settings.Server, Timeout = patience };
        _http.DefaultRequestHeaders.Authorization =
            settings.Token is { } token ? new AuthenticationHeaderValue("Bearer", token)
            : settings.User is { } user ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{settings.Password}")))
            : null;
    }

    public Task<JsonNode?> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    /// <summary>Sends a request.</summary>
    /// <returns>The answer's body; null if it has none.</returns>
    /// <exception cref="CommandException">The server cannot be reached, or refuses.</exception>
    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        using var response = await RespondAsync(method, path, body);
        var text = await response.Content.ReadAsStringAsync(_cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new CommandException(CodeOf(response.StatusCode), Explain(response, text));
        }

        return text.Length == 0 ? null : Parse(text) ?? throw new CommandException(ExitCodes.Failed, $"{_http.BaseAddress} answered {path} with something that is not JSON.");
    }

    /// <summary>Whether the server says that it is ready.</summary>
    public async Task<bool> IsReadyAsync()
    {
        using var response = await RespondAsync(HttpMethod.Get, "health/ready", null);
        return response.IsSuccessStatusCode;
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> RespondAsync(HttpMethod method, string path, JsonNode? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        try
        {
            return await _http.SendAsync(request, _cancellationToken);
        }
        catch (HttpRequestException failure)
        {
            throw new CommandException(ExitCodes.Unreachable, $"{_http.BaseAddress} cannot be reached: {failure.Message}");
        }
        catch (OperationCanceledException) when (!_cancellationToken.IsCancellationRequested)
        {
            throw new CommandException(ExitCodes.Unreachable, $"{_http.BaseAddress} did not answer in {_http.Timeout.TotalSeconds} s.");
        }
    }

    private static int CodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ExitCodes.Denied,
        HttpStatusCode.NotFound => ExitCodes.NotFound,
        _ => ExitCodes.Failed,
    };

    /// <summary>The detail of a problem (RFC 9457), or the status.</summary>
    private static string Explain(HttpResponseMessage response, string text) =>
        $"{(int)response.StatusCode} {response.ReasonPhrase}" + (Parse(text) is JsonObject problem && problem["detail"] is JsonValue detail ? $": {detail}" : "");

    private static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
