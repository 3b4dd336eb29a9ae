using System.Text.Json;
using System.Text.Unicode;

namespace Tidings.Protocols.Bayeux;

/// <summary>
/// Reads Bayeux messages from UTF-8 JSON. Any input gives a result; nothing is thrown. Payloads are not copied and not looked into.
/// </summary>
public static class BayeuxReader
{
    /// <summary>Reads one message or an array of messages. A byte order mark in front is skipped.</summary>
    /// <param name="utf8">The input. The messages refer to it: see <see cref="BayeuxMessage.ToOwned"/>.</param>
    /// <param name="limits">What is accepted.</param>
    public static BayeuxReadResult Read(ReadOnlyMemory<byte> utf8, BayeuxReaderLimits limits)
    {
        var messages = new List<BayeuxMessage>(1);
        return Result(Append(utf8, limits, messages), messages);
    }

    /// <summary>Reads several inputs, as the fields of a form, as if they were one; the limit of messages holds for all together.</summary>
    public static BayeuxReadResult Read(IReadOnlyList<ReadOnlyMemory<byte>> parts, BayeuxReaderLimits limits)
    {
        var messages = new List<BayeuxMessage>(parts.Count);
        var failure = BayeuxReadFailure.None;
        for (var i = 0; i < parts.Count && failure == BayeuxReadFailure.None; i++)
            failure = Append(parts[i], limits, messages);
        return Result(failure, messages);
    }

    private static BayeuxReadResult Result(BayeuxReadFailure failure, List<BayeuxMessage> messages) => failure switch
    {
        not BayeuxReadFailure.None => new(failure),
        _ when messages.Count == 0 => new(BayeuxReadFailure.Empty),
        _ => new(messages),
    };

    private static BayeuxReadFailure Append(ReadOnlyMemory<byte> utf8, BayeuxReaderLimits limits, List<BayeuxMessage> messages)
    {
        utf8 = SkipByteOrderMark(utf8);
        if (!Utf8.IsValid(utf8.Span))
            return BayeuxReadFailure.Malformed; // the JSON reader does not look at the bytes of strings it skips

        var json = new Utf8JsonReader(utf8.Span, new JsonReaderOptions { MaxDepth = limits.MaxDepth });
        try
        {
            return AppendDocument(ref json, utf8, limits, messages);
        }
        catch (JsonException)
        {
            return IsTooDeep(in json, utf8.Span, limits) ? BayeuxReadFailure.TooDeep : BayeuxReadFailure.Malformed;
        }
    }

    private static BayeuxReadFailure AppendDocument(
        ref Utf8JsonReader json, ReadOnlyMemory<byte> utf8, BayeuxReaderLimits limits, List<BayeuxMessage> messages)
    {
        json.Read();
        var failure = json.TokenType == JsonTokenType.StartArray
            ? AppendArray(ref json, utf8, limits, messages)
            : AppendMessage(ref json, utf8, limits, messages);
        if (failure == BayeuxReadFailure.None)
            json.Read(); // throws if anything follows
        return failure;
    }

    private static BayeuxReadFailure AppendArray(
        ref Utf8JsonReader json, ReadOnlyMemory<byte> utf8, BayeuxReaderLimits limits, List<BayeuxMessage> messages)
    {
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            var failure = AppendMessage(ref json, utf8, limits, messages);
            if (failure != BayeuxReadFailure.None)
                return failure;
        }

        return BayeuxReadFailure.None;
    }

    private static BayeuxReadFailure AppendMessage(
        ref Utf8JsonReader json, ReadOnlyMemory<byte> utf8, BayeuxReaderLimits limits, List<BayeuxMessage> messages)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            return BayeuxReadFailure.NotAnObject;
        if (messages.Count >= limits.MaxMessages)
            return BayeuxReadFailure.TooManyMessages;

        var previous = messages.Count > 0 ? messages[^1] : null;
        messages.Add(new MessageReader(utf8, limits, previous).Read(ref json));
        return BayeuxReadFailure.None;
    }

    private static ReadOnlyMemory<byte> SkipByteOrderMark(ReadOnlyMemory<byte> utf8) =>
        utf8.Span.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;

    // The JSON reader has one exception for all errors: too deep is one more opening where no more is allowed.
    private static bool IsTooDeep(in Utf8JsonReader json, ReadOnlySpan<byte> utf8, BayeuxReaderLimits limits)
    {
        var opened = json.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject ? 1 : 0;
        if (json.CurrentDepth + opened < limits.MaxDepth)
            return false;
        var rest = utf8[(int)json.BytesConsumed..].TrimStart(" \t\r\n,:"u8);
        return rest is [(byte)'{' or (byte)'[', ..];
    }
}
