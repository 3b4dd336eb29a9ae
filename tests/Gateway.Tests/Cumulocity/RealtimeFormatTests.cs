using Tidings.Gateway.Tests.Server;

namespace Tidings.Gateway.Tests.Cumulocity;

/// <summary>Which format a session's rows have.</summary>
public sealed class RealtimeFormatTests
{
    private const string Endpoint = "/cep/realtime";
    private const string XId = "held";

    [Theory]
    [InlineData("80", "86,5400000,0,retry\n")]
    [InlineData("80,true", "88,1\n86,,5400000,0,retry\n")]
    [InlineData("80", "86,,5400000,0,retry\n", "RealtimeFormat=Live")]
    [InlineData("80,true", "88,1\n86,5400000,0,retry\n", "RealtimeFormat=Documented")]
    [InlineData("80", "86,,5400000,0,retry\n", "EndpointFormats:/cep/realtime=Live")]
    [InlineData("80", "86,5400000,0,retry\n", "EndpointFormats:/notification/realtime=Live")]
    [InlineData("80", "86,,5400000,0,retry\n", "RealtimeFormat=Documented", "XIdFormats:held=Live")]
    [InlineData("80,true", "88,1\n86,5400000,0,retry\n", "EndpointFormats:/cep/realtime=Live", "XIdFormats:held=Documented")]
    public async Task Item_59_the_format_is_chosen_by_session_endpoint_and_X_Id(string handshake, string first, params string[] settings)
    {
        await using var server = await OwnServer.StartAsync([.. settings.Select(static one => ($"Tidings:SmartRest:{one.Split('=')[0]}", one.Split('=')[1]))]);
        await PostAsync(server, "/s", "11,100,,,$.id");
        var client = (await PostAsync(server, Endpoint, handshake)).TrimEnd('\n');

        Assert.Equal(first, await PostAsync(server, Endpoint, $"83,{client}"));
    }

    private static async Task<string> PostAsync(OwnServer server, string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body), Headers = { { "X-Id", XId } } };
        using var response = await server.Http.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }
}
