using System.Net.Mime;
using Microsoft.Net.Http.Headers;
using Tidings.Gateway.Hosting;
using Tidings.Protocols.SmartRest;

namespace Tidings.Gateway.SmartRest;

/// <summary>
/// Requests made from templates. They go to this server's own endpoints, in process, through the same code as a request from outside
/// and with the rights of the caller.
/// </summary>
internal sealed class InnerRequests(EndpointDataSource endpoints, RateBook rates)
{
    private const string Channels = "/channels/";
    private const string EventStream = "text/event-stream";

    /// <summary>Carries a request out; completes with its status and body.</summary>
    public async Task<(int Status, ReadOnlyMemory<byte> Body)> SendAsync(HttpContext caller, ExpandedRequest request)
    {
        if (Refuse(request) is { } status)
        {
            return (status, default);
        }

        var endpoint = Find(request.Method == HttpMethods.Get ? "Read" : "Publish");
        var body = new MemoryStream();
        var inner = Context(caller, request, body);
        rates.Lend(caller, inner);
        inner.SetEndpoint(endpoint);
        await endpoint.RequestDelegate!(inner);
        await inner.Response.BodyWriter.FlushAsync(caller.RequestAborted);
        return (inner.Response.StatusCode, body.GetBuffer().AsMemory(0, (int)body.Length));
    }

    private static int? Refuse(ExpandedRequest request) =>
        !request.Target.StartsWith(Channels, StringComparison.Ordinal) ? StatusCodes.Status404NotFound
        : request.Target.Contains("%00", StringComparison.Ordinal) ? StatusCodes.Status400BadRequest // no path has it, the framework's decoder throws
        : request.Method != HttpMethods.Get && request.Method != HttpMethods.Post ? StatusCodes.Status405MethodNotAllowed
        : request.Accept.Contains(EventStream, StringComparison.OrdinalIgnoreCase) ? StatusCodes.Status406NotAcceptable
        : null;

    private static DefaultHttpContext Context(HttpContext caller, ExpandedRequest request, Stream response)
    {
        var query = request.Target.IndexOf('?', StringComparison.Ordinal);
        var path = PathString.FromUriComponent(query < 0 ? request.Target : request.Target[..query]);
        var inner = new DefaultHttpContext { User = caller.User, RequestServices = caller.RequestServices, RequestAborted = caller.RequestAborted };
        inner.Connection.RemoteIpAddress = caller.Connection.RemoteIpAddress;
        inner.Request.Method = request.Method;
        inner.Request.Scheme = caller.Request.Scheme;
        inner.Request.Host = caller.Request.Host;
        inner.Request.Path = path;
        inner.Request.QueryString = query < 0 ? default : new QueryString(request.Target[query..]);
        inner.Request.RouteValues["path"] = path.Value![Channels.Length..];
        inner.Request.ContentType = request.ContentType.Length > 0 ? request.ContentType : null;
        inner.Request.ContentLength = request.Body.Length;
        inner.Request.Body = new MemoryStream(request.Body.ToArray(), writable: false);
        inner.Request.Headers[HeaderNames.Accept] = request.Accept.Length > 0 ? request.Accept : MediaTypeNames.Application.Json;
        inner.Request.Headers[ProcessingMode.Header] = caller.Request.Headers[ProcessingMode.Header];
        inner.Response.Body = response;
        return inner;
    }

    private Endpoint Find(string name) =>
        endpoints.Endpoints.First(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName == name);
}
