using System.Buffers;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.SmartRest;

namespace Tidings.Gateway.SmartRest;

/// <summary>Writes what notifications yield for a poll: by the templates of its request and of the subscriptions they came by.</summary>
internal sealed class RealtimeMatches(TemplateSets sets, RealtimeRows rows)
{
    /// <summary>Writes the rows of one item; nothing where no template matches.</summary>
    public async Task WriteAsync(HeldPoll poll, OutboxItem item, ArrayBufferWriter<byte> output)
    {
        if (item is not DeliveryBatch batch)
        {
            return;
        }

        var notes = poll.Notes;
        var matched = new List<(string XId, RealtimeRows.Rows[] Rows)>();
        foreach (var xid in notes.For(batch.Channel.Name, poll.Call.XId))
        {
            if (await sets.FindAsync(poll.Call.Tenant, xid) is { } found)
            {
                poll.Smart.Misses(xid, isMissing: false);
                matched.Add((xid, rows.Of(batch, found.Set, poll.Format, poll.Call.Kind)));
            }
            else if (poll.Smart.Misses(xid, isMissing: true))
            {
                // Deleted since it was subscribed with: told once, as it would come with every notification.
                SmartErrors.NoTemplate.Write(output);
            }
        }

        for (var i = 0; i < batch.Messages.Length; i++)
        {
            foreach (var (xid, all) in matched.Where(match => match.Rows[i].Count > 0))
            {
                if (notes.XIds.Count > 0)
                {
                    RealtimeWriter.WriteGroup(output, all[i].Count, xid);
                }

                output.Write(all[i].Utf8.Span);
            }
        }
    }
}
