namespace Tidings.Protocols.Bayeux;

/// <summary>
/// One Bayeux message, incoming or outgoing. Null, or an empty memory, means that the member is absent.
/// It can be changed so that extensions can change it; it is not safe for two threads at once.
/// </summary>
/// <remarks>
/// A message from <see cref="BayeuxReader"/> refers to the input in <see cref="Id"/>, <see cref="Data"/>, <see cref="Ext"/> and
/// <see cref="Extras"/>: it is good as long as that memory is. <see cref="ToOwned"/> makes a copy that outlives it.
/// </remarks>
public sealed class BayeuxMessage
{
    /// <summary>The channel, <c>/meta/handshake</c> for example.</summary>
    public string? Channel { get; set; }

    /// <summary>The secret name of the session.</summary>
    public string? ClientId { get; set; }

    /// <summary>Raw JSON of the id: a string with its quotes, or a number. A reply repeats it byte for byte.</summary>
    public ReadOnlyMemory<byte> Id { get; set; }

    /// <summary>The protocol version, <c>1.0</c>.</summary>
    public string? Version { get; set; }

    /// <summary>The oldest protocol version the sender speaks.</summary>
    public string? MinimumVersion { get; set; }

    /// <summary>The transport of a connect.</summary>
    public string? ConnectionType { get; set; }

    /// <summary>The transports that the sender of a handshake, or of its reply, can use.</summary>
    public IReadOnlyList<string>? SupportedConnectionTypes { get; set; }

    /// <summary>The channels to subscribe to or to leave.</summary>
    public IReadOnlyList<string>? Subscriptions { get; set; }

    /// <summary>Whether <see cref="Subscriptions"/> came, and go, as an array; a reply keeps the form of its request.</summary>
    public bool SubscriptionIsArray { get; set; }

    /// <summary>The advice.</summary>
    public BayeuxAdvice? Advice { get; set; }

    /// <summary>Raw JSON of the data. The literal <c>null</c> is data; empty means absent.</summary>
    public ReadOnlyMemory<byte> Data { get; set; }

    /// <summary>Raw JSON of the extension object.</summary>
    public ReadOnlyMemory<byte> Ext { get; set; }

    /// <summary>
    /// All members that Bayeux does not know, as they came and without braces: <c>"foo":"bar","n":1</c>.
    /// Never a member of the envelope, however its name is escaped.
    /// </summary>
    public ReadOnlyMemory<byte> Extras { get; set; }

    /// <summary>Whether a request was done. In a request it means nothing.</summary>
    public bool? Successful { get; set; }

    /// <summary>
    /// Why a request was not done, as <c>code:args:text</c>; see <see cref="BayeuxErrors"/>. In a request it means nothing.
    /// </summary>
    public string? Error { get; set; }

    /// <summary>The first thing wrong with this message. Look here before anything is done with it.</summary>
    public BayeuxFault Fault { get; set; }

    /// <summary>A copy that refers to no foreign memory.</summary>
    public BayeuxMessage ToOwned()
    {
        var copy = (BayeuxMessage)MemberwiseClone();
        var free = new byte[Id.Length + Data.Length + Ext.Length + Extras.Length].AsMemory();
        copy.Id = Take(Id, ref free);
        copy.Data = Take(Data, ref free);
        copy.Ext = Take(Ext, ref free);
        copy.Extras = Take(Extras, ref free);
        return copy;
    }

    private static ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> source, ref Memory<byte> free)
    {
        source.CopyTo(free);
        var taken = free[..source.Length];
        free = free[source.Length..];
        return taken;
    }
}
