using System.Reflection;
using System.Xml.Linq;
using Tidings.Gateway.Bayeux;
using Tidings.Gateway.Bayeux.Cumulocity;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Identity;
using Tidings.Gateway.Identity.Devices;
using Tidings.Gateway.SmartRest;
using Tidings.Gateway.Smc;
using Tidings.Silo;
using Tidings.Silo.Telemetry;

namespace Tidings.Architecture.Tests;

/// <summary>An option that nobody can look up does not exist.</summary>
public sealed class OptionDocumentationTests
{
    public static TheoryData<Type> Options =>
        [typeof(TidingsLimits), typeof(BayeuxOptions), typeof(SmcOptions), typeof(SmcKey), typeof(BrowserCookieOptions), typeof(SmartRestOptions), typeof(CumulocityOptions), typeof(DeviceOptions),
            typeof(DoorOptions), typeof(TlsOptions), typeof(RateOptions), typeof(Rate), typeof(AuditOptions), typeof(TidingsClusterOptions), typeof(IdentityOptions),
            typeof(UserOptions), typeof(RoleOptions), typeof(IssuerOptions), typeof(BootstrapAdminOptions), typeof(TokenOptions), typeof(ClusterTlsOptions), typeof(TelemetryOptions)];

    [Theory]
    [MemberData(nameof(Options))]
    public void Every_option_is_documented(Type options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var properties = options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => $"P:{options.FullName}.{property.Name}").ToList();

        Assert.NotEmpty(properties);
        Assert.Empty(Undocumented(properties, XDocument.Load(Path.ChangeExtension(options.Assembly.Location, ".xml"))));
    }

    [Fact]
    public void A_missing_and_an_empty_summary_are_seen()
    {
        var documentation = XDocument.Parse(
            "<doc><members><member name=\"P:A.Empty\"><summary> </summary></member><member name=\"P:A.Said\"><summary>Yes.</summary></member></members></doc>");

        Assert.Equal(["P:A.Empty", "P:A.Missing"], Undocumented(["P:A.Empty", "P:A.Missing", "P:A.Said"], documentation));
    }

    private static IEnumerable<string> Undocumented(IEnumerable<string> members, XDocument documentation)
    {
        var said = documentation.Descendants("member")
            .Where(static member => !string.IsNullOrWhiteSpace(member.Element("summary")?.Value))
            .Select(static member => member.Attribute("name")!.Value)
            .ToHashSet(StringComparer.Ordinal);
        return members.Where(member => !said.Contains(member));
    }
}
