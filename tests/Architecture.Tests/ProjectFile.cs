using System.Xml.Linq;

namespace Tidings.Architecture.Tests;

/// <summary>What a project file refers to.</summary>
/// <param name="Packages">Names of packages.</param>
/// <param name="Projects">Names of projects, without extension.</param>
/// <param name="Frameworks">Names of shared frameworks; that of the web SDK included.</param>
internal sealed record ProjectFile(IReadOnlyList<string> Packages, IReadOnlyList<string> Projects, IReadOnlyList<string> Frameworks)
{
    public static ProjectFile Parse(string xml)
    {
        var project = XDocument.Parse(xml).Root!;
        List<string> frameworks = [.. Includes(project, "FrameworkReference")];
        if (project.Attribute("Sdk")?.Value is "Microsoft.NET.Sdk.Web")
        {
            frameworks.Add("Microsoft.AspNetCore.App");
        }

        return new ProjectFile(
            [.. Includes(project, "PackageReference")],
            [.. Includes(project, "ProjectReference").Select(static path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))],
            frameworks);
    }

    private static IEnumerable<string> Includes(XElement project, string item) =>
        project.Descendants().Where(element => element.Name.LocalName == item).Select(static element => element.Attribute("Include")!.Value);
}
