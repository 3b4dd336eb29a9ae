using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Tidings.Gateway.Hosting;

namespace Tidings.Gateway.Rest;

/// <summary>What the description of <see cref="ChannelsEndpoint"/> says of bodies and headers that its code reads by itself.</summary>
internal static class ChannelsDescription
{
    private static readonly OpenApiSchema Text = new() { Type = JsonSchemaType.String };

    public static Task OfPublishAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        DescribePath(operation);
        operation.AddHeader("Idempotency-Key", $"A name of the request, up to {PublishName.MostBytes} characters: repeated within a minute, its messages are stored once.");
        foreach (var (mediaType, content) in operation.RequestBody?.Content ?? new Dictionary<string, OpenApiMediaType>())
        {
            // Any JSON value, or any bytes: only lines and text are strings.
            content.Schema = mediaType is PublishBody.NdJson or "text/plain" ? Text : new OpenApiSchema();
        }

        return Task.CompletedTask;
    }

    public static Task OfReadAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        DescribePath(operation);
        operation.AddHeader("Last-Event-ID", "The id of a stream's last event: the offset and the log's epoch. The stream goes on after it; in another log it tells a gap.");
        if (operation.Responses?["200"].Content is { } content)
        {
            content[ChannelsEndpoint.EventStream].Schema = Text;
        }

        return Task.CompletedTask;
    }

    private static void DescribePath(OpenApiOperation operation) => operation.Parameters!.First(static parameter => parameter.Name == "path").Description =
        "The channel's name without its first slash. Its other slashes are written as they are.";
}
