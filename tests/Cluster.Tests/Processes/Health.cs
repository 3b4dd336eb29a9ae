namespace Tidings.Cluster.Tests.Processes;

/// <summary>Readiness over HTTP.</summary>
static class Health
{
    static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    public static async Task<bool> IsReadyAsync(Uri address)
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri(address, "/health/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
