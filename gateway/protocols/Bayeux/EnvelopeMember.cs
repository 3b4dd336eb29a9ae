using System.Text.Json;

namespace Tidings.Protocols.Bayeux;

/// <summary>The members that Bayeux gives a meaning. None of them is ever relayed as an unknown member.</summary>
internal enum EnvelopeMember
{
    None,
    Channel,
    ClientId,
    Id,
    Data,
    Ext,
    Successful,
    Error,
    Advice,
    Version,
    MinimumVersion,
    SupportedConnectionTypes,
    ConnectionType,
    Subscription,
}

internal static class EnvelopeMembers
{
    private const int LongestName = 24;
    private const int LongestEscapedName = LongestName * 6; // each letter as \u0061

    /// <summary>The member whose name the reader stands on, also if letters of the name are escaped.</summary>
    public static EnvelopeMember Of(ref Utf8JsonReader json)
    {
        if (!json.ValueIsEscaped)
            return Of(json.ValueSpan);
        return json.ValueSpan.Length <= LongestEscapedName ? OfEscaped(ref json) : EnvelopeMember.None;
    }

    private static EnvelopeMember OfEscaped(ref Utf8JsonReader json)
    {
        Span<byte> name = stackalloc byte[LongestEscapedName];
        try
        {
            return Of(name[..json.CopyString(name)]);
        }
        catch (InvalidOperationException)
        {
            return EnvelopeMember.None; // half a surrogate pair is in no name of ours
        }
    }

    private static EnvelopeMember Of(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 => If(name, "id"u8, EnvelopeMember.Id),
        3 => If(name, "ext"u8, EnvelopeMember.Ext),
        4 => If(name, "data"u8, EnvelopeMember.Data),
        5 => If(name, "error"u8, EnvelopeMember.Error),
        6 => If(name, "advice"u8, EnvelopeMember.Advice),
        7 => If(name, "channel"u8, EnvelopeMember.Channel) | If(name, "version"u8, EnvelopeMember.Version),
        8 => If(name, "clientId"u8, EnvelopeMember.ClientId),
        10 => If(name, "successful"u8, EnvelopeMember.Successful),
        12 => If(name, "subscription"u8, EnvelopeMember.Subscription),
        14 => If(name, "connectionType"u8, EnvelopeMember.ConnectionType) | If(name, "minimumVersion"u8, EnvelopeMember.MinimumVersion),
        LongestName => If(name, "supportedConnectionTypes"u8, EnvelopeMember.SupportedConnectionTypes),
        _ => EnvelopeMember.None,
    };

    private static EnvelopeMember If(ReadOnlySpan<byte> name, ReadOnlySpan<byte> expected, EnvelopeMember member) =>
        name.SequenceEqual(expected) ? member : EnvelopeMember.None;
}
