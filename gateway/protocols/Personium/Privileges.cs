using System.Xml.Linq;

namespace Tidings.Protocols.Personium;

/// <summary>What a role may do to a collection (RFC 3744, section 3, with Personium's own). Each includes the ones below it.</summary>
[Flags]
public enum Privileges
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>PROPFIND.</summary>
    ReadProperties = 1,

    /// <summary>Reading content.</summary>
    ReadContent = 2,

    /// <summary>Reading the ACL.</summary>
    ReadAcl = 4,

    /// <summary>PROPPATCH.</summary>
    WriteProperties = 8,

    /// <summary>Writing content.</summary>
    WriteContent = 16,

    /// <summary>Making children.</summary>
    Bind = 32,

    /// <summary>Deleting children.</summary>
    Unbind = 64,

    /// <summary>Replacing the ACL.</summary>
    WriteAcl = 128,

    /// <summary>Running a service.</summary>
    Exec = 256,

    /// <summary>Sending to queues and topics.</summary>
    StreamSend = 512,

    /// <summary>Reading queues, listening to topics.</summary>
    StreamReceive = 1024,

    /// <summary>Reading: content and properties, not streams.</summary>
    Read = ReadProperties | ReadContent,

    /// <summary>Writing: content, properties and children, not streams.</summary>
    Write = WriteProperties | WriteContent | Bind | Unbind,

    /// <summary>Everything.</summary>
    All = Read | Write | ReadAcl | WriteAcl | Exec | StreamSend | StreamReceive,
}

/// <summary>The elements that name privileges.</summary>
public static class PrivilegeNames
{
    private static readonly Dictionary<XName, Privileges> ByName = new()
    {
        [DavXml.Dav + "all"] = Privileges.All,
        [DavXml.Dav + "read"] = Privileges.Read,
        [DavXml.Dav + "write"] = Privileges.Write,
        [DavXml.Dav + "read-properties"] = Privileges.ReadProperties,
        [DavXml.Dav + "write-properties"] = Privileges.WriteProperties,
        [DavXml.Dav + "write-content"] = Privileges.WriteContent,
        [DavXml.Dav + "read-acl"] = Privileges.ReadAcl,
        [DavXml.Dav + "write-acl"] = Privileges.WriteAcl,
        [DavXml.Dav + "bind"] = Privileges.Bind,
        [DavXml.Dav + "unbind"] = Privileges.Unbind,
        [DavXml.Personium + "exec"] = Privileges.Exec,
        [DavXml.Personium + "stream-send"] = Privileges.StreamSend,
        [DavXml.Personium + "stream-receive"] = Privileges.StreamReceive,
    };

    /// <summary>The privilege of an element's name; none if there is no such privilege, as with a right name in the wrong namespace.</summary>
    public static Privileges Of(XName name) => ByName.GetValueOrDefault(name);

    /// <summary>The fewest names that say these privileges, the widest first.</summary>
    public static IEnumerable<XName> NamesOf(Privileges privileges)
    {
        var left = privileges;
        foreach (var (name, privilege) in ByName)
        {
            if ((privileges & privilege) == privilege && (left & privilege) != 0)
            {
                left &= ~privilege;
                yield return name;
            }
        }
    }
}
