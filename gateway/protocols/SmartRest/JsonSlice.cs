namespace Tidings.Protocols.SmartRest;

/// <summary>Where a JSON value stands in the bytes that were walked; nothing is copied. The default is a value that is not there.</summary>
internal readonly record struct JsonSlice(int Start, int Length)
{
    public bool IsMissing => Length == 0;

    public ReadOnlySpan<byte> In(ReadOnlySpan<byte> json) => json.Slice(Start, Length);

    /// <summary>Whether it is there and not <c>null</c>.</summary>
    public bool Exists(ReadOnlySpan<byte> json) => Length > 0 && json[Start] != (byte)'n';

    public JsonSlice Within(int start) => Length == 0 ? this : new(Start + start, Length);
}
