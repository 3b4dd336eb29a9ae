namespace Tidings.Silo;

/// <summary>
/// <c>health URL</c> as the program's only arguments: asks a running process and exits with 0 if it is well, 1 if not. Container images
/// without a shell or curl use it for their health checks.
/// </summary>
public static class HealthProbe
{
    /// <summary>Runs the probe if the arguments ask for it; null if they do not.</summary>
    public static async Task<int?> TryRunAsync(string[] args)
    {
        if (args is not ["health", var url])
        {
            return null;
        }

        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var response = await http.GetAsync(new Uri(url));
            return response.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or UriFormatException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
    }
}
