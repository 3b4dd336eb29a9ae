using Tidings.Protocols.Personium;

namespace Tidings.Protocols.Tests.Personium;

public sealed class PersoniumErrorTests
{
    [Fact]
    public void An_error_has_code_and_text() => Assert.Equal(
        """{"code":"PR404-DV-0001","message":{"lang":"en","value":"Resource not found. [https://u/{x}]"}}""",
        Text.Written(output => PersoniumError.NotFound.Write(output, "https://u/{x}")));

    [Fact]
    public void The_table_of_errors_is_whole() => Assert.Equal(
        [
            "PR400-DV-0001", "PR400-DV-0002", "PR400-DV-0003", "PR400-DV-0004", "PR400-DV-0006", "PR400-DV-0007", "PR400-DV-0008",
            "PR401-AU-0001", "PR401-AU-0002", "PR401-AU-0006", "PR401-AU-0007", "PR403-AU-0002", "PR403-DV-0001", "PR403-DV-0004",
            "PR404-DV-0001", "PR405-MC-0001", "PR409-DV-0001", "PR500-CM-0001", "PR501-MC-0001",
        ],
        PersoniumError.All.Select(error => error.Code).Order(StringComparer.Ordinal));

    [Fact]
    public void A_codes_first_number_is_the_status() =>
        Assert.All(PersoniumError.All, error => Assert.StartsWith($"PR{error.Status}-", error.Code));

    [Theory]
    [InlineData("0", DavDepth.Zero, null)]
    [InlineData("1", DavDepth.One, null)]
    [InlineData("infinity", DavDepth.Zero, "PR403-DV-0001")]
    [InlineData("Infinity", DavDepth.Zero, "PR403-DV-0001")]
    [InlineData("2", DavDepth.Zero, "PR400-DV-0003")]
    [InlineData("", DavDepth.Zero, "PR400-DV-0003")]
    [InlineData(null, DavDepth.Zero, "PR400-DV-0003")]
    public void Depth_is_0_or_1(string? header, DavDepth depth, string? code)
    {
        var read = StreamRules.ReadDepth(header);
        Assert.Equal((depth, code), (read.Depth, read.Error?.Code));
    }

    [Theory]
    [InlineData(Privileges.None, "OPTIONS")]
    [InlineData(Privileges.StreamSend, "OPTIONS, POST, PUT")]
    [InlineData(Privileges.StreamReceive, "OPTIONS, GET")]
    [InlineData(Privileges.All, "OPTIONS, POST, PUT, GET")]
    public void Allow_follows_the_privileges(Privileges privileges, string allow) => Assert.Equal(allow, StreamRules.Allow(privileges));
}
