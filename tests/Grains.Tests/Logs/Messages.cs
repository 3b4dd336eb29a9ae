using System.Text;

namespace Tidings.Grains.Logs;

/// <summary>Short ways to make messages and to say what a log holds.</summary>
internal static class Messages
{
    public static Message Of(long offset, long time, string body) =>
        Of(offset, time, new PublishItem { Body = Encoding.UTF8.GetBytes(body) });

    public static Message Of(long offset, long time, PublishItem item) => new() { Offset = offset, Time = time, Item = item };

    public static Message[] After(LogClaim claim, long time, int count, string body = "m") =>
        [.. Enumerable.Range(1, count).Select(i => claim.Head.Offset + i).Select(offset => Of(offset, time, $"{body}{offset}"))];

    public static string Body(this Message message) => Encoding.UTF8.GetString(message.Item.Body);

    public static IReadOnlyList<long> Offsets(this LogRead read) => [.. read.Messages.Select(message => message.Offset)];
}
