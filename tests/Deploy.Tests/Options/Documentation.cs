using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Tidings.Deploy.Tests.Options;

/// <summary>What the sources say about their members, as Markdown.</summary>
internal static partial class Documentation
{
    private static readonly Dictionary<Assembly, Dictionary<string, string>> Files = [];

    public static string Of(PropertyInfo property) => Of(property.DeclaringType!.Assembly, $"P:{property.DeclaringType.FullName}.{property.Name}");

    public static string Of(Type type) => Of(type.Assembly, $"T:{type.FullName}");

    /// <summary>The text of an element and what is in it.</summary>
    public static string Markdown(XElement element) => Spaces().Replace(string.Concat(element.Nodes().Select(Markdown)), " ").Trim();

    private static string Of(Assembly assembly, string member)
    {
        lock (Files)
        {
            if (!Files.TryGetValue(assembly, out var members))
            {
                Files[assembly] = members = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member")
                    .Where(static element => element.Element("summary") is not null)
                    .ToDictionary(static element => element.Attribute("name")!.Value, static element => Markdown(element.Element("summary")!));
            }

            return members.GetValueOrDefault(member) ?? throw new KeyNotFoundException($"{member} is not documented.");
        }
    }

    private static string Markdown(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement reference when reference.Attribute("cref") is { } member => $"`{member.Value.Split('.')[^1].TrimEnd(')')}`",
        XElement reference when reference.Attribute("name") is { } name => $"`{name.Value}`",
        XElement other => Markdown(other),
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
