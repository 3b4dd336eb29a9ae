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

    /// <summary>The published body of an event: the type alone; the element is read where it is.</summary>
    public static byte[] BodyOf(string type) => SmcDocuments.Write(writer => writer.WriteString("type"u8, type));
}
