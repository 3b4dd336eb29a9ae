namespace Tidings.Gateway.Authorization;

/// <summary>Channels that the server alone publishes to, whatever the policy and the front end: <c>/event</c> and everything below it.</summary>
internal static class ServerChannels
{
    private const string Root = "/event";

    public static bool Contains(string channel) =>
        channel.StartsWith(Root, StringComparison.Ordinal) && (channel.Length == Root.Length || channel[Root.Length] == '/');
}
