using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.SmartRest;

namespace Tidings.Gateway.SmartRest;

/// <summary>
/// The rows that notifications yield. A batch of messages is matched once per template set, format and kind of endpoint, whatever
/// the number of sessions it goes to; the rows live as long as the batch.
/// </summary>
internal sealed class RealtimeRows(GatewayMetrics metrics)
{
    private readonly ConditionalWeakTable<DeliveryBatch, ConcurrentDictionary<Key, Lazy<Rows[]>>> _rows = [];

    /// <summary>For each message of a batch, its rows.</summary>
    public Rows[] Of(DeliveryBatch batch, TemplateSet set, RealtimeFormat format, RealtimeEndpointKind kind) =>
        _rows.GetOrCreateValue(batch).GetOrAdd(
            new Key(set, format, kind),
            static (key, state) => new Lazy<Rows[]>(() => state.Self.Match(state.Batch, key)), // polls that wake together wait for the first
            (Self: this, Batch: batch)).Value;

    private Rows[] Match(DeliveryBatch batch, Key key) => Array.ConvertAll(batch.Messages, message => Match(message.Item, key));

    private Rows Match(PublishItem item, Key key)
    {
        if (item.MediaType is not null && !MediaTypes.IsJson(item.MediaType))
        {
            return default;
        }

        if ((key.Kind == RealtimeEndpointKind.Operations ? RealtimeEntity.OfCreation(item.Body) : RealtimeEntity.Of(item.Body)) is not { } entity)
        {
            return default;
        }

        metrics.Matches.Add(1);
        var output = new ArrayBufferWriter<byte>();
        var result = key.Set.Evaluate(entity.Span, key.Format == RealtimeFormat.Live ? 1 : null, output);
        if (result.Status == EvaluationStatus.Truncated)
        {
            metrics.RowsTruncated.Add(1);
        }

        return new Rows(result.Rows, output.WrittenMemory);
    }

    /// <summary>What a message yields.</summary>
    internal readonly record struct Rows(int Count, ReadOnlyMemory<byte> Utf8);

    private readonly record struct Key(TemplateSet Set, RealtimeFormat Format, RealtimeEndpointKind Kind);
}
