namespace Tidings.Protocols.Smc;

/// <summary>The types of events that clients know.</summary>
public static class SmcEventTypes
{
    /// <summary>An element was made.</summary>
    public const string Create = "create";

    /// <summary>An element was changed.</summary>
    public const string Update = "update";

    /// <summary>An element is gone for good.</summary>
    public const string Delete = "delete";

    /// <summary>An element was moved to the trash.</summary>
    public const string Trashed = "trashed";

    /// <summary>An element was taken out of the trash.</summary>
    public const string Untrashed = "untrashed";

    /// <summary>An element's configuration is being validated.</summary>
    public const string Validating = "validating";

    /// <summary>An element's configuration was validated.</summary>
    public const string Validated = "validated";

    /// <summary>Whether clients know a type.</summary>
    public static bool IsKnown(string type) => type is Create or Update or Delete or Trashed or Untrashed or Validating or Validated;

    /// <summary>The published body of an event: the type alone; the element is read where it is.</summary>
    public static byte[] BodyOf(string type) => SmcDocuments.Write(writer => writer.WriteString("type"u8, type));
}
