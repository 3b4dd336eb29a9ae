using System.Security.Claims;
using Tidings.Gateway.Hosting;

namespace Tidings.Gateway.Identity;

/// <summary>Rates of log-ins that name their user in a message, where the address alone could be counted before.</summary>
internal static class IdentityRates
{
    private const string Scheme = "Message";

    /// <summary>Somebody logged in; the request is theirs from now on.</summary>
    public static RateRefusal? LoggedIn(this RateBook rates, HttpContext context, Caller caller)
    {
        context.User = new ClaimsPrincipal(new CallerIdentity(caller, Scheme));
        return rates.Of(context).OfSpeaker.Handshake();
    }
}
