using System.Buffers;
using System.Globalization;
using Tidings.Protocols.Json;

namespace Tidings.Protocols.Personium;

/// <summary>An error of the HTTP side, with its code and text as Personium has them.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The code; its first number is the status.</param>
/// <param name="Format">The text; <c>{0}</c> is what it is about.</param>
public sealed record PersoniumError(int Status, string Code, string Format)
{
    /// <summary>The body is not the XML that the method takes.</summary>
    public static PersoniumError XmlInvalid { get; } = new(400, "PR400-DV-0001", "XML parse error.");

    /// <summary>The body is no ACL.</summary>
    public static PersoniumError AclInvalid { get; } = new(400, "PR400-DV-0002", "XML content error.");

    /// <summary>The header Depth is missing or not 0, 1 or infinity.</summary>
    public static PersoniumError DepthInvalid { get; } = new(400, "PR400-DV-0003", "Depth header invalid. [{0}]");

    /// <summary>An ACL names a role that there is not.</summary>
    public static PersoniumError RoleUnknown { get; } = new(400, "PR400-DV-0004", "Role not found. [{0}]");

    /// <summary>An ACL lacks a principal, a grant or a privilege, or names a privilege that there is not.</summary>
    public static PersoniumError AclContentInvalid { get; } = new(400, "PR400-DV-0006", "ACL content invalid. [{0}]");

    /// <summary>The parent has as many children as it may.</summary>
    public static PersoniumError TooManyChildren { get; } = new(400, "PR400-DV-0007", "Too many child resources.");

    /// <summary>The path is deeper than it may be.</summary>
    public static PersoniumError TooDeep { get; } = new(400, "PR400-DV-0008", "Collection depth exceeded.");

    /// <summary>No token came.</summary>
    public static PersoniumError TokenMissing { get; } = new(401, "PR401-AU-0001", "Authorization required.");

    /// <summary>The token's time is over.</summary>
    public static PersoniumError TokenExpired { get; } = new(401, "PR401-AU-0002", "Token expired.");

    /// <summary>The token cannot be read.</summary>
    public static PersoniumError TokenInvalid { get; } = new(401, "PR401-AU-0006", "Token parse error.");

    /// <summary>A refresh token is no access token.</summary>
    public static PersoniumError TokenIsRefresh { get; } = new(401, "PR401-AU-0007", "Access with refresh token not allowed.");

    /// <summary>The caller lacks a privilege.</summary>
    public static PersoniumError PrivilegeMissing { get; } = new(403, "PR403-AU-0002", "Necessary privilege is lacking.");

    /// <summary>PROPFIND goes one level deep at most.</summary>
    public static PersoniumError DepthRefused { get; } = new(403, "PR403-DV-0001", "Depth infinity is not allowed.");

    /// <summary>A name that a collection must not have.</summary>
    public static PersoniumError NameInvalid { get; } = new(403, "PR403-DV-0004", "Resource name is invalid. [{0}]");

    /// <summary>There is no such resource.</summary>
    public static PersoniumError NotFound { get; } = new(404, "PR404-DV-0001", "Resource not found. [{0}]");

    /// <summary>The method is not one of this resource.</summary>
    public static PersoniumError MethodNotAllowed { get; } = new(405, "PR405-MC-0001", "Method not allowed.");

    /// <summary>The parent of a new collection does not exist.</summary>
    public static PersoniumError ParentMissing { get; } = new(409, "PR409-DV-0001", "Parent resource does not exist. [{0}]");

    /// <summary>The body could not be read.</summary>
    public static PersoniumError BodyUnreadable { get; } = new(500, "PR500-CM-0001", "Request body could not be read.");

    /// <summary>The method is known and not supported.</summary>
    public static PersoniumError NotImplemented { get; } = new(501, "PR501-MC-0001", "Method not implemented.");

    /// <summary>Every error.</summary>
    public static IReadOnlyList<PersoniumError> All { get; } =
    [
        XmlInvalid, AclInvalid, DepthInvalid, RoleUnknown, AclContentInvalid, TooManyChildren, TooDeep, TokenMissing, TokenExpired, TokenInvalid,
        TokenIsRefresh, PrivilegeMissing, DepthRefused, NameInvalid, NotFound, MethodNotAllowed, ParentMissing, BodyUnreadable, NotImplemented,
    ];

    /// <summary>The body: <c>{"code":"PR404-DV-0001","message":{"lang":"en","value":"Resource not found. [https://…]."}}</c>.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="about">What the error is about, such as the URL.</param>
    public void Write(IBufferWriter<byte> output, string about = "")
    {
        using var writer = JsonOutput.To(output);
        writer.WriteStartObject();
        writer.WriteString("code"u8, Code);
        writer.WriteStartObject("message"u8);
        writer.WriteString("lang"u8, "en"u8);
        writer.WriteString("value"u8, string.Format(CultureInfo.InvariantCulture, Format, about));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
