using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Tidings;

/// <summary>
/// Keys of publishes: digests of what a publisher names a publish by, so that a publisher cannot guess or hit another's. A channel knows the
/// keys of what it stored of late (<see cref="TidingsLimits.PublishKeys"/>, <see cref="TidingsLimits.PublishKeyAge"/>).
/// </summary>
public static class PublishKey
{
    /// <summary>A key that no other publish has.</summary>
    public static Guid Fresh() => Guid.NewGuid();

    /// <summary>The key of a name that a publisher gives.</summary>
    /// <param name="publisher">Whose name it is: a session's public id, or a user.</param>
    /// <param name="name">The name.</param>
    /// <param name="body">The body, where a publisher may use a name again for another message; otherwise empty.</param>
    public static Guid Of(string publisher, ReadOnlySpan<byte> name, ReadOnlySpan<byte> body = default)
    {
        var length = Encoding.UTF8.GetByteCount(publisher) + 1 + name.Length + 1 + body.Length;
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var text = rented.AsSpan(0, length);
            var at = Encoding.UTF8.GetBytes(publisher, text);
            text[at++] = 0;
            name.CopyTo(text[at..]);
            at += name.Length;
            text[at++] = 0;
            body.CopyTo(text[at..]);
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(text, digest);
            return new Guid(digest[..16]);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
