using System.Text.Json;

namespace Tidings.Protocols.Bayeux;

/// <summary>Reads the advice object. Members that are not known are passed over.</summary>
internal static class AdviceReader
{
    private const int MaxReconnectBytes = 64;
    private const int MaxHosts = 64;
    private const int MaxHostBytes = 300;

    /// <summary>The advice the reader stands on, or null if its shape is wrong. The reader ends on its last token in either case.</summary>
    public static BayeuxAdvice? Read(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return null;
        }

        var advice = new BayeuxAdvice();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            advice = ReadMember(ref json, advice);
        return advice;
    }

    private static BayeuxAdvice? ReadMember(ref Utf8JsonReader json, BayeuxAdvice? advice)
    {
        var name = NameOf(ref json);
        json.Read();
        var isNull = json.TokenType == JsonTokenType.Null;
        var read = name == Name.Other || advice is null || isNull ? advice : With(ref json, name, advice);
        json.Skip();
        return read;
    }

    private static BayeuxAdvice? With(ref Utf8JsonReader json, Name name, BayeuxAdvice advice) => name switch
    {
        Name.Reconnect => Reconnect(ref json) is { } text ? advice with { Reconnect = text } : null,
        Name.Timeout => Milliseconds(ref json) is { } ms ? advice with { Timeout = ms } : null,
        Name.Interval => Milliseconds(ref json) is { } ms ? advice with { Interval = ms } : null,
        Name.MaxInterval => Milliseconds(ref json) is { } ms ? advice with { MaxInterval = ms } : null,
        Name.Hosts => advice with { Hosts = Hosts(ref json) },
        _ => json.TokenType is JsonTokenType.True or JsonTokenType.False
            ? advice with { MultipleClients = json.TokenType == JsonTokenType.True }
            : null,
    };

    private static string? Reconnect(ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.String ? WireStrings.Read(ref json, MaxReconnectBytes, null) : null;

    // Nobody acts on hosts but a client; whatever else a client sends there is no fault.
    private static List<string>? Hosts(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartArray)
            return null;

        var depth = json.CurrentDepth;
        var hosts = new List<string>();
        var isValid = true;
        while (json.Read() && json.CurrentDepth > depth)
        {
            var host = json.TokenType == JsonTokenType.String && hosts.Count < MaxHosts ? WireStrings.Read(ref json, MaxHostBytes, null) : null;
            isValid &= host is not null;
            if (isValid)
                hosts.Add(host!);
        }

        return isValid ? hosts : null;
    }

    private static long? Milliseconds(ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.Number ? WireNumbers.Whole(json.ValueSpan) is { } ms ? Math.Max(0, ms) : null : null;

    private static Name NameOf(ref Utf8JsonReader json)
    {
        if (json.ValueIsEscaped)
            return Name.Other;
        var name = json.ValueSpan;
        return name.SequenceEqual("timeout"u8) ? Name.Timeout
            : name.SequenceEqual("interval"u8) ? Name.Interval
            : name.SequenceEqual("reconnect"u8) ? Name.Reconnect
            : name.SequenceEqual("hosts"u8) ? Name.Hosts
            : name.SequenceEqual("maxInterval"u8) ? Name.MaxInterval
            : name.SequenceEqual("multiple-clients"u8) ? Name.MultipleClients
            : Name.Other;
    }

    private enum Name
    {
        Other,
        Reconnect,
        Timeout,
        Interval,
        MaxInterval,
        MultipleClients,
        Hosts,
    }
}
