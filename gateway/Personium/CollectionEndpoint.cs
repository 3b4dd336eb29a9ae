using System.Xml.Linq;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Hosting;
using Tidings.Protocols.Personium;

namespace Tidings.Gateway.Personium;

/// <summary>Collections by WebDAV (RFC 4918, RFC 3744, RFC 5689): made, described, shared and deleted.</summary>
internal sealed class CollectionEndpoint(IClusterClient cluster, PersoniumAccess access, IOptionsMonitor<PersoniumOptions> options)
{
    private static readonly DavXmlLimits Limits = DavXmlLimits.Default;

    public async Task<PersoniumAnswer> ServeAsync(PersoniumCall call)
    {
        if (!access.HasBox(call.Cell, call.Box))
        {
            return NotFound(call);
        }

        var method = call.Context.Request.Method;
        if (method == "MKCOL" && !call.HasGoodNames)
        {
            return PersoniumAnswer.Error(PersoniumError.NameInvalid, call.Path);
        }

        if (!call.HasGoodNames)
        {
            return NotFound(call);
        }

        if (await BodyReader.ReadAsync(call.Context.Request, options.CurrentValue.XmlBytes, call.Context.RequestAborted) is not { } body)
        {
            return PersoniumAnswer.TooLarge;
        }

        var view = await GrainOf(call).Look(call.Path, children: method == "PROPFIND");
        return method switch
        {
            "MKCOL" => await MakeAsync(call, body),
            "PROPPATCH" => await WithAsync(call, view, Privileges.WriteProperties, _ => PatchAsync(call, body)),
            "PROPFIND" => await WithAsync(call, view, Privileges.ReadProperties, found => FindAsync(call, view, found)),
            "ACL" => await WithAsync(call, view, Privileges.WriteAcl, _ => ShareAsync(call, body)),
            "DELETE" => await DeleteAsync(call, view),
            "OPTIONS" => await OptionsAsync(call, view),
            "REPORT" => PersoniumAnswer.Error(PersoniumError.NotImplemented),
            _ => await WithAsync(call, view, Privileges.ReadProperties, static _ => Task.FromResult(PersoniumAnswer.Error(PersoniumError.MethodNotAllowed))),
        };
    }

    private async Task<PersoniumAnswer> WithAsync(
        PersoniumCall call, PersoniumView view, Privileges needed, Func<PersoniumCollection, Task<PersoniumAnswer>> then)
    {
        if ((await access.PrivilegesAsync(call, view, call.Path) & needed) != needed)
        {
            return PersoniumAccess.Lacking(call);
        }

        return view.Found is { } found ? await then(found) : NotFound(call);
    }

    private async Task<PersoniumAnswer> MakeAsync(PersoniumCall call, ReadOnlyMemory<byte> body)
    {
        var parent = ParentOf(call.Path);
        var view = await GrainOf(call).Look(parent, children: false);
        if ((await access.PrivilegesAsync(call, view, parent) & Privileges.Bind) == 0)
        {
            return PersoniumAccess.Lacking(call);
        }

        if (MkcolRequest.Read(body, Limits) is not { } request)
        {
            return PersoniumAnswer.Error(PersoniumError.XmlInvalid);
        }

        return request.Refusal is { } reason
            ? new PersoniumAnswer(StatusCodes.Status403Forbidden, MkcolRequest.WriteRefusal(reason))
            : AnswerTo(call, await GrainOf(call).Make(call.Path, request.Kind == CollectionKind.Stream), static revision => PersoniumAnswer.Empty(StatusCodes.Status201Created) with { Revision = revision });
    }

    private async Task<PersoniumAnswer> PatchAsync(PersoniumCall call, ReadOnlyMemory<byte> body)
    {
        if (PropertyUpdate.Read(body, Limits) is not { } changes)
        {
            return PersoniumAnswer.Error(PersoniumError.XmlInvalid);
        }

        var names = changes.Select(static change => change.Property.Name).ToLookup(PropertyUpdate.IsServed);
        if (names.Contains(true))
        {
            return new PersoniumAnswer(StatusCodes.Status207MultiStatus, Multistatus.Refused(call.UrlOf(call.Path), [.. names[true]], [.. names[false]]));
        }

        var result = await GrainOf(call).Patch(call.Path, [.. changes.Select(change => ChangeOf(call, change))]);
        return AnswerTo(call, result, revision =>
        {
            XName[] missing = [.. result.Missing.Select(XName.Get)];
            XElement[] done = [.. changes.Where(change => !change.IsRemoval || !missing.Contains(change.Property.Name))
                .Select(static change => change.IsRemoval ? new XElement(change.Property.Name) : change.Property)];
            return new PersoniumAnswer(StatusCodes.Status207MultiStatus, Multistatus.Patched(call.UrlOf(call.Path), done, missing)) { Revision = revision };
        });
    }

    private static PersoniumChange ChangeOf(PersoniumCall call, PropertyChange change)
    {
        var (name, isRemoval) = (change.Property.Name, change.IsRemoval);
        string[]? queues = name != PropertyUpdate.Queues ? null
            : isRemoval ? []
            : [.. PropertyUpdate.NamesIn(change.Property).Select(queue => new StreamPath(call.Path, StreamKind.Queue, queue)).Select(call.KeyOf)];
        return new PersoniumChange(name.ToString(), isRemoval ? null : change.Property.ToString(SaveOptions.DisableFormatting), queues);
    }

    private async Task<PersoniumAnswer> FindAsync(PersoniumCall call, PersoniumView view, PersoniumCollection found)
    {
        var (depth, error) = StreamRules.ReadDepth(call.Context.Request.Headers["Depth"]);
        if (error is not null)
        {
            return PersoniumAnswer.Error(error, call.Context.Request.Headers["Depth"].ToString());
        }

        var showsAcl = (await access.PrivilegesAsync(call, view, call.Path) & Privileges.ReadAcl) != 0;
        IEnumerable<PersoniumCollection> shown = depth == DavDepth.One ? [found, .. view.Children] : [found];
        return new PersoniumAnswer(StatusCodes.Status207MultiStatus, Multistatus.Found(shown.Select(one => new DavResource(
            call.UrlOf(one.Path),
            one.IsStream ? CollectionKind.Stream : CollectionKind.Plain,
            [.. one.Properties.Select(static property => XElement.Parse(property.Xml)), .. showsAcl ? [AclOf(one)] : Array.Empty<XElement>()]))))
        {
            Revision = found.Revision,
        };
    }

    private async Task<PersoniumAnswer> ShareAsync(PersoniumCall call, ReadOnlyMemory<byte> body)
    {
        var acl = AccessControl.Read(body, new Uri(call.UrlOf(call.Path)), Limits);
        if (acl.Error is { } error)
        {
            return PersoniumAnswer.Error(error);
        }

        return acl.Entries.FirstOrDefault(entry => entry.Role is { } role && !access.HasRole(call, role)) is { } unknown
            ? PersoniumAnswer.Error(PersoniumError.RoleUnknown, unknown.Role!)
            : AnswerTo(
                call,
                await GrainOf(call).SetAcl(call.Path, [.. acl.Entries.Select(static entry => new PersoniumAce(entry.Role, (int)entry.Granted))]),
                static revision => PersoniumAnswer.Empty(StatusCodes.Status200OK) with { Revision = revision });
    }

    private async Task<PersoniumAnswer> DeleteAsync(PersoniumCall call, PersoniumView view)
    {
        var parent = ParentOf(call.Path);
        if ((await access.PrivilegesAsync(call, await GrainOf(call).Look(parent, children: false), parent) & Privileges.Unbind) == 0)
        {
            return PersoniumAccess.Lacking(call);
        }

        return view.Found is null
            ? NotFound(call)
            : AnswerTo(call, await GrainOf(call).Delete(call.Path), static _ => PersoniumAnswer.Empty(StatusCodes.Status204NoContent));
    }

    private async Task<PersoniumAnswer> OptionsAsync(PersoniumCall call, PersoniumView view) => call.Context.Request.Headers.Authorization.Count == 0
        ? PersoniumAnswer.Empty(StatusCodes.Status200OK) with { Allow = StreamRules.AllMethods }
        : await WithAsync(call, view, Privileges.ReadProperties, static _ => Task.FromResult(
            PersoniumAnswer.Empty(StatusCodes.Status200OK) with { Allow = "OPTIONS, PROPFIND, PROPPATCH, ACL, MKCOL, DELETE" }));

    private static PersoniumAnswer AnswerTo(PersoniumCall call, PersoniumResult result, Func<long, PersoniumAnswer> done) => result.Status switch
    {
        PersoniumStatus.Done => done(result.Revision),
        PersoniumStatus.Exists => PersoniumAnswer.Error(PersoniumError.MethodNotAllowed),
        PersoniumStatus.ParentMissing => PersoniumAnswer.Error(PersoniumError.ParentMissing, call.UrlOf(ParentOf(call.Path))),
        PersoniumStatus.TooMany => PersoniumAnswer.Error(PersoniumError.TooManyChildren),
        PersoniumStatus.TooDeep => PersoniumAnswer.Error(PersoniumError.TooDeep),
        _ => NotFound(call),
    };

    private static PersoniumAnswer NotFound(PersoniumCall call) => PersoniumAnswer.Error(PersoniumError.NotFound, call.UrlOf(call.Path));

    private static XElement AclOf(PersoniumCollection collection) =>
        AccessControl.ToProperty(collection.Acl.Select(static entry => new AccessEntry(entry.Role, (Privileges)entry.Granted)));

    private static string ParentOf(string path) => path.LastIndexOf('/') is >= 0 and var slash ? path[..slash] : "";

    private IPersoniumBoxGrain GrainOf(PersoniumCall call) => cluster.GetGrain<IPersoniumBoxGrain>($"{call.Cell}/{call.Box}");
}
