namespace Tidings.Protocols.Personium;

/// <summary>How deep a PROPFIND looks.</summary>
public enum DavDepth
{
    /// <summary>The resource alone.</summary>
    Zero,

    /// <summary>Its children, too.</summary>
    One,
}

/// <summary>Small rules of the HTTP side.</summary>
public static class StreamRules
{
    /// <summary>The methods that a call without credentials is told of by OPTIONS.</summary>
    public const string AllMethods = "OPTIONS, GET, POST, PUT, DELETE, HEAD, MERGE, MKCOL, MOVE, PROPFIND, PROPPATCH, ACL";

    /// <summary>Reads the header Depth; the error is null if it is good.</summary>
    public static (DavDepth Depth, PersoniumError? Error) ReadDepth(string? header) => header?.Trim() switch
    {
        "0" => (DavDepth.Zero, null),
        "1" => (DavDepth.One, null),
        { } text when text.Equals("infinity", StringComparison.OrdinalIgnoreCase) => (default, PersoniumError.DepthRefused),
        _ => (default, PersoniumError.DepthInvalid),
    };

    /// <summary>The header Allow of a queue or topic for who has these privileges.</summary>
    public static string Allow(Privileges privileges) => (
        (privileges & Privileges.StreamSend) != 0 ? "OPTIONS, POST, PUT" : "OPTIONS")
        + ((privileges & Privileges.StreamReceive) != 0 ? ", GET" : "");

    /// <summary>Whether a request with these privileges may send (<paramref name="receives"/> false) or receive.</summary>
    public static bool May(Privileges privileges, bool receives) =>
        (privileges & (receives ? Privileges.StreamReceive : Privileges.StreamSend)) != 0;

    /// <summary>What a socket needs: to see that the topic is there, and to listen to it.</summary>
    public static bool MayListen(Privileges privileges) =>
        (privileges & (Privileges.ReadProperties | Privileges.StreamReceive)) == (Privileges.ReadProperties | Privileges.StreamReceive);
}
