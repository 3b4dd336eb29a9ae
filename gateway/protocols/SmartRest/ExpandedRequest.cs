namespace Tidings.Protocols.SmartRest;

/// <summary>The request that a row stands for.</summary>
/// <param name="Line">The row's number, which the rows that answer it repeat.</param>
/// <param name="Method">GET, POST, PUT or DELETE.</param>
/// <param name="Target">Path and query.</param>
/// <param name="ContentType">The body's media type; empty without a body.</param>
/// <param name="Accept">The media types wanted; empty where the template names none.</param>
/// <param name="Body">The body in UTF-8; empty for GET and DELETE.</param>
public sealed record ExpandedRequest(
    int Line, string Method, string Target, string ContentType, string Accept, ReadOnlyMemory<byte> Body);
