using Tidings.Protocols.Personium;

namespace Tidings.Protocols.Tests.Personium;

public sealed class AccessControlTests
{
    private static readonly Uri Location = new("https://cell1.unit/box1/col1");

    [Fact]
    public void Roles_are_resolved_against_the_base_and_granted_privileges()
    {
        var acl = Read("""
            <D:ace><D:principal><D:href>role1</D:href></D:principal><D:grant>
              <D:privilege><D:read/></D:privilege><D:privilege><p:stream-receive/></D:privilege></D:grant></D:ace>
            <D:ace><D:principal><D:all/></D:principal><D:grant><D:privilege><p:stream-send/></D:privilege></D:grant></D:ace>
            """);
        Assert.Null(acl.Error);
        Assert.Equal(
            [
                new AccessEntry("https://cell1.unit/__role/box1/role1", Privileges.Read | Privileges.StreamReceive),
                new AccessEntry(null, Privileges.StreamSend),
            ],
            acl.Entries);
    }

    [Theory]
    [InlineData("<D:privilege><D:stream-send/></D:privilege>")]
    [InlineData("<D:privilege><p:read/></D:privilege>")]
    [InlineData("<D:privilege><D:nothing/></D:privilege>")]
    [InlineData("<D:privilege/>")]
    [InlineData("<D:privilege><D:read/><D:write/></D:privilege>")]
    [InlineData("")]
    public void A_privilege_that_there_is_not_is_refused(string privileges)
    {
        var acl = Read($"<D:ace><D:principal><D:all/></D:principal><D:grant>{privileges}</D:grant></D:ace>");
        Assert.Same(PersoniumError.AclContentInvalid, acl.Error);
        Assert.Empty(acl.Entries);
    }

    [Theory]
    [InlineData("<D:ace><D:principal><D:all/></D:principal></D:ace>")]
    [InlineData("<D:ace><D:grant><D:privilege><D:read/></D:privilege></D:grant></D:ace>")]
    [InlineData("<D:ace><D:principal/><D:grant><D:privilege><D:read/></D:privilege></D:grant></D:ace>")]
    [InlineData("<D:ace><D:principal><D:self/></D:principal><D:grant><D:privilege><D:read/></D:privilege></D:grant></D:ace>")]
    [InlineData("<D:other/>")]
    public void An_entry_needs_a_principal_and_a_grant(string entry) => Assert.Same(PersoniumError.AclContentInvalid, Read(entry).Error);

    [Theory]
    [InlineData("<D:acl")]
    [InlineData("<D:mkcol xmlns:D='DAV:'/>")]
    public void Other_XML_is_no_ACL(string body) =>
        Assert.Same(PersoniumError.AclInvalid, AccessControl.Read(Text.Bytes(body), Location, DavXmlLimits.Default).Error);

    [Fact]
    public void An_ACL_is_shown_as_it_was_given()
    {
        AccessEntry[] entries = [new("https://u/__role/b/r", Privileges.Read | Privileges.StreamSend), new(null, Privileges.All), new(null, Privileges.WriteAcl)];
        var shown = AccessControl.Read(DavXml.Write(AccessControl.ToProperty(entries)), Location, DavXmlLimits.Default);
        Assert.Null(shown.Error);
        Assert.Equal(entries, shown.Entries);
    }

    [Fact]
    public void Reading_and_writing_do_not_include_streams()
    {
        Assert.False(StreamRules.May(Privileges.Read | Privileges.Write, receives: true));
        Assert.False(StreamRules.May(Privileges.Read | Privileges.Write, receives: false));
        Assert.True(StreamRules.May(Privileges.All, receives: true));
        Assert.True(StreamRules.MayListen(Privileges.Read | Privileges.StreamReceive));
        Assert.False(StreamRules.MayListen(Privileges.StreamReceive));
        Assert.False(StreamRules.MayListen(Privileges.Read));
    }

    private static AccessControl Read(string entries) => AccessControl.Read(
        Text.Bytes($"""<D:acl xmlns:D="DAV:" xmlns:p="urn:x-personium:xmlns" xml:base="https://cell1.unit/__role/box1/">{entries}</D:acl>"""),
        Location,
        DavXmlLimits.Default);
}
