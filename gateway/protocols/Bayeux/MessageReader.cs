using System.Text.Json;

namespace Tidings.Protocols.Bayeux;

/// <summary>Reads the members of one message. A member of the wrong shape leaves a fault and is otherwise absent.</summary>
internal ref struct MessageReader(ReadOnlyMemory<byte> input, BayeuxReaderLimits limits, BayeuxMessage? previous)
{
    private const int MaxWordBytes = 64;
    private const int MaxConnectionTypes = 64;
    private const int MaxErrorBytes = 1024;

    private readonly BayeuxMessage _message = new();
    private ExtrasCollector _extras = new(input, limits.MaxExtrasBytes);
    private uint _seen;

    /// <summary>Reads from the opening brace to the closing one.</summary>
    public BayeuxMessage Read(ref Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)json.TokenStartIndex;
            var member = EnvelopeMembers.Of(ref json);
            json.Read();
            if (member == EnvelopeMember.None)
                ReadExtra(ref json, start);
            else
                ReadOnce(ref json, member);
        }

        _message.Extras = _extras.ToMemory();
        return _message;
    }

    private void ReadExtra(ref Utf8JsonReader json, int start)
    {
        json.Skip();
        if (!_extras.TryAdd(start, (int)json.BytesConsumed))
            Fail(BayeuxFault.ExtrasTooLarge);
    }

    private void ReadOnce(ref Utf8JsonReader json, EnvelopeMember member)
    {
        _extras.Interrupt();
        var bit = 1u << (int)member;
        if ((_seen & bit) != 0)
        {
            Fail(BayeuxFault.DuplicateMember);
            json.Skip();
            return;
        }

        _seen |= bit;
        if (member == EnvelopeMember.Data)
            _message.Data = Raw(ref json);
        else if (json.TokenType != JsonTokenType.Null)
            ReadMember(ref json, member);
    }

    private void ReadMember(ref Utf8JsonReader json, EnvelopeMember member)
    {
        switch (member)
        {
            case EnvelopeMember.Channel:
                _message.Channel = Text(ref json, limits.MaxChannelLength, previous?.Channel, BayeuxFault.ChannelInvalid);
                break;
            case EnvelopeMember.ClientId:
                _message.ClientId = Text(ref json, limits.MaxClientIdLength, previous?.ClientId, BayeuxFault.ClientIdInvalid);
                break;
            case EnvelopeMember.Id:
                _message.Id = ReadId(ref json);
                break;
            case EnvelopeMember.Ext:
                _message.Ext = ReadExt(ref json);
                break;
            case EnvelopeMember.Subscription:
                ReadSubscription(ref json);
                break;
            default:
                ReadRareMember(ref json, member);
                break;
        }
    }

    private void ReadRareMember(ref Utf8JsonReader json, EnvelopeMember member)
    {
        switch (member)
        {
            case EnvelopeMember.Version:
                _message.Version = Text(ref json, MaxWordBytes, previous?.Version, BayeuxFault.VersionInvalid);
                break;
            case EnvelopeMember.MinimumVersion:
                _message.MinimumVersion = Text(ref json, MaxWordBytes, _message.Version, BayeuxFault.MinimumVersionInvalid);
                break;
            case EnvelopeMember.ConnectionType:
                _message.ConnectionType = Text(ref json, MaxWordBytes, previous?.ConnectionType, BayeuxFault.ConnectionTypeInvalid);
                break;
            case EnvelopeMember.SupportedConnectionTypes:
                _message.SupportedConnectionTypes = ReadConnectionTypes(ref json);
                break;
            case EnvelopeMember.Advice:
                _message.Advice = AdviceReader.Read(ref json);
                Require(_message.Advice is not null, BayeuxFault.AdviceInvalid);
                break;
            default:
                ReadOutcome(ref json, member);
                break;
        }
    }

    // Only replies have these; in a request they mean nothing, so their type does not matter either.
    private readonly void ReadOutcome(ref Utf8JsonReader json, EnvelopeMember member)
    {
        if (member == EnvelopeMember.Successful && json.TokenType is JsonTokenType.True or JsonTokenType.False)
            _message.Successful = json.TokenType == JsonTokenType.True;
        else if (member == EnvelopeMember.Error && json.TokenType == JsonTokenType.String)
            _message.Error = WireStrings.Read(ref json, MaxErrorBytes, null);
        json.Skip();
    }

    private ReadOnlyMemory<byte> ReadId(ref Utf8JsonReader json)
    {
        var isValid = json.TokenType is JsonTokenType.String or JsonTokenType.Number;
        var raw = Raw(ref json);
        Require(isValid, BayeuxFault.IdInvalid);
        Require(!isValid || raw.Length <= limits.MaxIdBytes, BayeuxFault.IdTooLong);
        return isValid && raw.Length <= limits.MaxIdBytes ? raw : default;
    }

    private ReadOnlyMemory<byte> ReadExt(ref Utf8JsonReader json)
    {
        var isObject = json.TokenType == JsonTokenType.StartObject;
        var raw = Raw(ref json);
        Require(isObject, BayeuxFault.ExtInvalid);
        Require(!isObject || raw.Length <= limits.MaxExtBytes, BayeuxFault.ExtTooLarge);
        return isObject && raw.Length <= limits.MaxExtBytes ? raw : default;
    }

    private void ReadSubscription(ref Utf8JsonReader json)
    {
        _message.SubscriptionIsArray = json.TokenType == JsonTokenType.StartArray;
        if (_message.SubscriptionIsArray)
        {
            var channels = ReadStrings(ref json, limits.MaxSubscriptions, limits.MaxChannelLength, BayeuxFault.SubscriptionInvalid);
            Require(channels is null || channels.Count <= limits.MaxSubscriptions, BayeuxFault.TooManySubscriptions);
            _message.Subscriptions = channels;
        }
        else if (Text(ref json, limits.MaxChannelLength, null, BayeuxFault.SubscriptionInvalid) is { } channel)
        {
            _message.Subscriptions = [channel];
        }
    }

    private List<string>? ReadConnectionTypes(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.StartArray)
        {
            var types = ReadStrings(ref json, MaxConnectionTypes, MaxWordBytes, BayeuxFault.SupportedConnectionTypesInvalid);
            Require(types is null || types.Count <= MaxConnectionTypes, BayeuxFault.SupportedConnectionTypesInvalid);
            return types;
        }

        json.Skip();
        Fail(BayeuxFault.SupportedConnectionTypesInvalid);
        return null;
    }

    // Stops collecting one beyond the limit, so that the caller sees that there were too many.
    private List<string>? ReadStrings(ref Utf8JsonReader json, int maxCount, int maxBytes, BayeuxFault fault)
    {
        var depth = json.CurrentDepth;
        var strings = new List<string>();
        var isValid = true;
        while (json.Read() && json.CurrentDepth > depth)
        {
            var text = json.TokenType == JsonTokenType.String && isValid ? WireStrings.Read(ref json, maxBytes, null) : null;
            isValid &= text is not null;
            if (isValid && strings.Count <= maxCount)
                strings.Add(text!);
        }

        Require(isValid, fault);
        return isValid ? strings : null;
    }

    private string? Text(ref Utf8JsonReader json, int maxBytes, string? likely, BayeuxFault fault)
    {
        var text = json.TokenType == JsonTokenType.String ? WireStrings.Read(ref json, maxBytes, likely) : null;
        json.Skip();
        Require(text is not null, fault);
        return text;
    }

    private readonly ReadOnlyMemory<byte> Raw(ref Utf8JsonReader json)
    {
        var start = (int)json.TokenStartIndex;
        json.Skip();
        return input[start..(int)json.BytesConsumed];
    }

    private readonly void Require(bool condition, BayeuxFault otherwise)
    {
        if (!condition)
            Fail(otherwise);
    }

    private readonly void Fail(BayeuxFault fault)
    {
        if (_message.Fault == BayeuxFault.None)
            _message.Fault = fault;
    }
}
