using System.Text;
using Tidings.Gateway.Identity;

namespace Tidings.Gateway.Rest;

/// <summary>
/// The name that a service gives a publish, so that it can be repeated after an unknown outcome: the header <c>Idempotency-Key</c> (IETF draft
/// "The Idempotency-Key HTTP Header Field"). Names of one user are not those of another.
/// </summary>
internal static class PublishName
{
    /// <summary>The longest name, in characters.</summary>
    public const int MostBytes = 255;

    private const string Header = "Idempotency-Key";

    /// <summary>Gives the messages of a request keys by its name, if it has one. False if the name is none.</summary>
    public static bool TryGive(HttpContext context, List<PublishItem> items)
    {
        if (context.Request.Headers[Header] is not { Count: > 0 } header)
        {
            return true;
        }

        if (header is not [{ Length: > 0 and <= MostBytes } name])
        {
            return false;
        }

        var user = CallerIdentity.Of(context.User)?.Caller.User ?? "";
        for (var i = 0; i < items.Count; i++)
        {
            items[i] = items[i] with { Key = PublishKey.Of($"rest {user}", Encoding.UTF8.GetBytes($"{name} {i}")) };
        }

        return true;
    }
}
