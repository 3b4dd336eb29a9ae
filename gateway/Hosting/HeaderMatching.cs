using Microsoft.AspNetCore.Routing.Matching;

namespace Tidings.Gateway.Hosting;

/// <summary>Metadata of an endpoint that is for requests with, or without, a header; one that is blank counts as absent.</summary>
/// <param name="Name">The header.</param>
/// <param name="IsPresent">Whether it must be there.</param>
internal sealed record HeaderCondition(string Name, bool IsPresent)
{
    /// <summary>Whether a request is one of those.</summary>
    public bool Holds(HttpRequest request) => string.IsNullOrWhiteSpace(request.Headers[Name].ToString()) != IsPresent;
}

/// <summary>Chooses among endpoints of one path by their <see cref="HeaderCondition"/>.</summary>
internal sealed class HeaderMatching : MatcherPolicy, IEndpointSelectorPolicy
{
    public override int Order => 0;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) =>
        endpoints.Any(static endpoint => endpoint.Metadata.GetMetadata<HeaderCondition>() is not null);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates.IsValidCandidate(i) && candidates[i].Endpoint.Metadata.GetMetadata<HeaderCondition>()?.Holds(httpContext.Request) == false)
            {
                candidates.SetValidity(i, false);
            }
        }

        return Task.CompletedTask;
    }
}
