using System.Security.Claims;
using Tidings.Gateway.Identity;
using Tidings.Gateway.Identity.Authentication;
using Tidings.Protocols.Personium;

namespace Tidings.Gateway.Personium;

/// <summary>A token that was good.</summary>
/// <param name="User">Whose it is.</param>
/// <param name="Expires">When it ends.</param>
internal sealed record TopicToken(ClaimsPrincipal User, DateTimeOffset Expires);

/// <summary>Checks the tokens that sockets send.</summary>
internal sealed class TopicTokens(CredentialChecker credentials, StreamDirectory streams, PersoniumAccess access, TimeProvider time)
{
    private const string Scheme = "Personium";

    /// <summary>How long messages wait for a second look.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Whose a token is, if it is good in this cell and its holder may listen to the topic; null whatever is wrong, so that nobody can find out
    /// what there is.
    /// </summary>
    public async Task<TopicToken?> CheckAsync(PersoniumCall call, StreamPath? topic, string token)
    {
        var outcome = await credentials.BearerAsync(call.Context, token);
        if (topic is null || outcome.Caller is not { Expires: { } expires } caller || caller.Tenant != call.Cell)
        {
            return null;
        }

        var user = new ClaimsPrincipal(new CallerIdentity(caller, Scheme));
        if (await streams.LookAsync(call, topic) is not { } view || !StreamDirectory.Declares(view, topic))
        {
            return null;
        }

        if (!StreamRules.MayListen(await access.PrivilegesAsync(call, user, view, topic.Collection)))
        {
            access.Refused(call, user, AuthorizationAction.Subscribe, topic.Path);
            return null;
        }

        return await access.MayAsync(call, user, AuthorizationAction.Subscribe, topic.Path) ? new TopicToken(user, expires) : null;
    }

    /// <summary>Whether who listens to a topic still may: its collection and its ACL may have changed. What cannot be found out now stays as it was.</summary>
    public async Task<bool> MayStillListenAsync(PersoniumCall call, StreamPath topic, ClaimsPrincipal user)
    {
        try
        {
            return await streams.LookLatelyAsync(call, topic).WaitAsync(Patience, time) is { } view
                && StreamRules.MayListen(await access.PrivilegesAsync(call, user, view, topic.Collection));
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            return true;
        }
    }
}
