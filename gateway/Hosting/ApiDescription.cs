using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using Tidings.Gateway.Identity;

namespace Tidings.Gateway.Hosting;

/// <summary>What the framework's description of the API (OpenAPI 3.1) cannot find out by itself: who is let in, and what headers mean.</summary>
internal static class ApiDescription
{
    private static readonly string[] Passing = ["429", "503"];

    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi(static options =>
    {
        options.AddDocumentTransformer(DescribeAsync);
        options.AddOperationTransformer(DescribeAsync);
        options.AddSchemaTransformer(DescribeAsync);
    });

    /// <summary>Documents a header of requests.</summary>
    public static void AddHeader(this OpenApiOperation operation, string name, string description) => (operation.Parameters ??= []).Add(new OpenApiParameter
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    });

    private static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var tokens = context.ApplicationServices.GetRequiredService<IOptions<IdentityOptions>>().Value.Tokens;
        document.Info = new OpenApiInfo
        {
            Title = "Tidings",
            Version = "1",
            Description = "Publishing to channels, reading their logs, tokens and administration. Errors are problem details (RFC 9457).",
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        foreach (var server in document.Servers ?? [])
        {
            // Paths begin with a slash of their own.
            server.Url = server.Url?.TrimEnd('/');
        }

        var schemes = (document.Components ??= new OpenApiComponents()).SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            ["password"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "basic", Description = "Users are tenant/name, or name in tenant default." },
            ["token"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A token of /token, one of a trusted issuer, or an API key." },
            ["key"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = "X-Api-Key" },
            ["cookie"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Cookie, Name = tokens.CookieName, Description = "What POST /login sets." },
        };

        // Any one of them, or none where callers without credentials are served.
        document.Security =
        [
            .. schemes.Keys.Select(name => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(name, document)] = [] }),
            new OpenApiSecurityRequirement(),
        ];
        return Task.CompletedTask;
    }

    private static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var (status, response) in operation.Responses ?? [])
        {
            if (Passing.Contains(status) && response is OpenApiResponse passing)
            {
                Add(passing, "Retry-After", "After how many seconds it is worth another try.", JsonSchemaType.Integer);
            }
            else if (status == "401" && response is OpenApiResponse refused)
            {
                Add(refused, "WWW-Authenticate", "What credentials are taken.", JsonSchemaType.String);
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>Numbers in answers are numbers: that they would be read from strings as well is nobody's concern.</summary>
    private static Task DescribeAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        const JsonSchemaType Numbers = JsonSchemaType.Integer | JsonSchemaType.Number;
        if (schema.Type is { } type && (type & Numbers) != 0 && type.HasFlag(JsonSchemaType.String))
        {
            schema.Type = type & ~JsonSchemaType.String;
            schema.Pattern = null;
        }

        return Task.CompletedTask;
    }

    private static void Add(OpenApiResponse response, string name, string description, JsonSchemaType type) =>
        (response.Headers ??= new Dictionary<string, IOpenApiHeader>())[name] = new OpenApiHeader { Description = description, Schema = new OpenApiSchema { Type = type } };
}
