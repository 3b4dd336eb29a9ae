namespace Tidings.Cluster.Tests.Clients;

/// <summary>Every client library with every transport that it may be held to.</summary>
sealed class StockClients : TheoryData<string, string>
{
    public StockClients()
    {
        Add("cometd", "websocket");
        Add("cometd", "long-polling");
        Add("faye", "websocket");
        Add("faye", "long-polling");
    }
}
