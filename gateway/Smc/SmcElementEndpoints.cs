using System.Globalization;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Authorization;
using Tidings.Gateway.Hosting;
using Tidings.Protocols.Smc;

namespace Tidings.Gateway.Smc;

/// <summary>Elements: enough of a store to be real.</summary>
internal sealed class SmcElementEndpoints(
    SmcCatalog catalog, SmcLogins logins, IClusterClient cluster, AuthorizationService authorization, RateBook rates, IOptions<TidingsLimits> limits)
{
    public async Task<SmcAnswer> ListAsync(SmcCall call)
    {
        var (session, refusal) = await EnterAsync(call, AuthorizationAction.Subscribe, "*");
        if (session is null)
        {
            return refusal;
        }

        var shown = new List<SmcListItem>();
        await AddAsync(shown, call, session, call.Type);
        return SmcAnswer.Ok(SmcDocuments.Elements(shown));
    }

    /// <summary>Elements of the types that <c>filter_context</c> names, or of all: how clients find one by its name.</summary>
    public async Task<SmcAnswer> SearchAsync(SmcCall call)
    {
        if (await logins.FindAsync(call.Context) is not { } session)
        {
            return SmcAnswer.NotLoggedIn;
        }

        var context = call.Context.Request.Query["filter_context"].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var shown = new List<SmcListItem>();
        foreach (var type in catalog.Types.Where(type => context.Length == 0 || context.Contains(type, StringComparer.Ordinal)))
        {
            await AddAsync(shown, call, session, type);
        }

        return SmcAnswer.Ok(SmcDocuments.Elements(shown));
    }

    /// <summary>A list is granted if anything in it may be seen, and shows that alone.</summary>
    private async Task AddAsync(List<SmcListItem> shown, SmcCall call, SmcSession session, string type)
    {
        var query = call.Context.Request.Query;
        var filter = SmcFilter.Of(query["filter"].ToString(), query["exact_match"].ToString(), query["case_sensitive"].ToString());
        foreach (var element in await GrainOf(session, type).List(query["trashed"] == "true"))
        {
            if (filter.Finds(element.Name, element.Body)
                && (await authorization.ProbeAsync(RequestOf(call, session, AuthorizationAction.Subscribe, type, element.Id), call.Context.RequestAborted)).IsAllowed)
            {
                shown.Add(new SmcListItem(HrefOf(call, session, type, element.Id), element.Name, type));
            }
        }
    }

    public async Task<SmcAnswer> GetAsync(SmcCall call)
    {
        var (session, refusal) = await EnterAsync(call, AuthorizationAction.Subscribe, call.Id);
        if (session is null)
        {
            return refusal;
        }

        return await GrainOf(session, call.Type).Get(call.Id) is { } element ? Show(call, session, element) : SmcAnswer.NotFound;
    }

    public async Task<SmcAnswer> CreateAsync(SmcCall call)
    {
        var (session, refusal) = await EnterAsync(call, AuthorizationAction.Publish, "*");
        if (session is null)
        {
            return refusal;
        }

        var (name, body, fault) = await ReadAsync(call);
        if (fault is not null)
        {
            return fault;
        }

        var result = await GrainOf(session, call.Type).Create(name, body, SmcEventTypes.BodyOf(SmcEventTypes.Create));
        if (result.Element is not { } element)
        {
            return Refuse(result.Status);
        }

        call.Context.Response.Headers.Location = HrefOf(call, session, call.Type, element.Id);
        return Show(call, session, element) with { Status = StatusCodes.Status201Created };
    }

    public async Task<SmcAnswer> UpdateAsync(SmcCall call)
    {
        var (session, refusal) = await EnterAsync(call, AuthorizationAction.Publish, call.Id);
        if (session is null)
        {
            return refusal;
        }

        var (name, body, fault) = await ReadAsync(call);
        return fault ?? await ChangeAsync(call, session, ChangeOf(call, SmcChangeKind.Update) with { Name = name, Body = body });
    }

    /// <summary>Deletes, moves to the trash or takes out of it.</summary>
    public async Task<SmcAnswer> ChangeAsync(SmcCall call, SmcChangeKind kind)
    {
        var (session, refusal) = await EnterAsync(call, AuthorizationAction.Publish, call.Id);
        return session is null ? refusal : await ChangeAsync(call, session, ChangeOf(call, kind));
    }

    private async Task<SmcAnswer> ChangeAsync(SmcCall call, SmcSession session, SmcElementChange change)
    {
        var result = await GrainOf(session, call.Type).Change(change);
        return result switch
        {
            { Status: not SmcElementStatus.Done } => Refuse(result.Status),
            { Element: { } element } when change.Kind != SmcChangeKind.Delete => Show(call, session, element),
            _ => new SmcAnswer(StatusCodes.Status204NoContent, []),
        };
    }

    private static SmcElementChange ChangeOf(SmcCall call, SmcChangeKind kind) => new()
    {
        Kind = kind,
        Id = call.Id,
        Happened = SmcEventTypes.BodyOf(kind switch
        {
            SmcChangeKind.Delete => SmcEventTypes.Delete,
            SmcChangeKind.Trash => SmcEventTypes.Trashed,
            SmcChangeKind.Restore => SmcEventTypes.Untrashed,
            _ => SmcEventTypes.Update,
        }),
        IfRevision = RevisionOf(call.Context.Request.Headers.IfMatch.ToString()),
    };

    /// <summary>An ETag that is none of ours matches nothing.</summary>
    private static long? RevisionOf(string ifMatch) =>
        ifMatch is "" or "*" ? null
        : long.TryParse(ifMatch.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision
        : 0;

    /// <summary>The session, or why the request is refused.</summary>
    private async Task<(SmcSession? Session, SmcAnswer Refusal)> EnterAsync(SmcCall call, AuthorizationAction action, string id)
    {
        if (await logins.FindAsync(call.Context) is not { } session)
        {
            return (null, SmcAnswer.NotLoggedIn);
        }

        if (!catalog.HasType(call.Type) || (id != "*" && !SmcNames.IsName(id)))
        {
            return (null, SmcAnswer.NotFound);
        }

        var decision = await authorization.DecideAsync(RequestOf(call, session, action, call.Type, id), call.Context.RequestAborted);
        if (!decision.IsAllowed)
        {
            return (null, SmcAnswer.Error(StatusCodes.Status403Forbidden, "Not permitted"));
        }

        // The login's user counts, not the request's, which shows no credentials of this server.
        call.Context.User = session.Principal;
        return action == AuthorizationAction.Publish && Rate(call) is { } refusal ? (null, SmcAnswer.TooMany(call.Context, refusal)) : (session, SmcAnswer.Served);
    }

    private static AuthorizationRequest RequestOf(SmcCall call, SmcSession session, AuthorizationAction action, string type, string id) => new()
    {
        Action = action,
        Tenant = session.Record.Tenant,
        User = session.Principal,
        Address = call.Context.Connection.RemoteIpAddress,
        Channel = $"/elements/{type}/{id}",
    };

    /// <summary>A change is a publish.</summary>
    private RateRefusal? Rate(SmcCall call)
    {
        var caller = rates.Of(call.Context);
        return caller.Publish() ?? caller.Bytes((int)Math.Min(call.Context.Request.ContentLength ?? 0, limits.Value.SmcElementBytes));
    }

    private async Task<(string Name, byte[] Body, SmcAnswer? Fault)> ReadAsync(SmcCall call)
    {
        var body = await BodyReader.ReadAsync(call.Context.Request, limits.Value.SmcElementBytes, call.Context.RequestAborted);
        if (body is null)
        {
            return ("", [], SmcAnswer.Error(StatusCodes.Status413PayloadTooLarge, $"An element has at most {limits.Value.SmcElementBytes} bytes."));
        }

        return SmcElement.NameOf(body.Value) is { } name
            ? (name, body.Value.ToArray(), null)
            : ("", [], SmcAnswer.Error(StatusCodes.Status400BadRequest, "An element is a JSON object with a name."));
    }

    private SmcAnswer Show(SmcCall call, SmcSession session, SmcStoredElement element)
    {
        call.Context.Response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{element.Revision}\"");
        return SmcAnswer.Ok(SmcElement.Write(element.Body, call.Type, HrefOf(call, session, call.Type, element.Id), element.IsTrashed));
    }

    private static SmcAnswer Refuse(SmcElementStatus status) => status switch
    {
        SmcElementStatus.NotFound => SmcAnswer.NotFound,
        SmcElementStatus.Conflict => SmcAnswer.Error(StatusCodes.Status412PreconditionFailed, "The element was changed meanwhile."),
        SmcElementStatus.TooMany => SmcAnswer.Error(StatusCodes.Status503ServiceUnavailable, "There are too many elements of this type."),
        _ => SmcAnswer.Unavailable,
    };

    private string HrefOf(SmcCall call, SmcSession session, string type, string id) =>
        $"{catalog.RootOf(call.Context, session.Version)}/elements/{type}/{id}";

    private ISmcElementsGrain GrainOf(SmcSession session, string type) =>
        cluster.GetGrain<ISmcElementsGrain>(SmcElementChange.KeyOf(session.Record.Tenant, type));
}
