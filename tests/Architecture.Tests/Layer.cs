namespace Tidings.Architecture.Tests;

/// <summary>What a part of the server may be built on. Everything else is forbidden.</summary>
internal sealed record Layer(string File, string[] Projects, string[] Packages, bool Web)
{
    public static IReadOnlyList<Layer> All { get; } =
    [
        new("gateway/protocols/Tidings.Protocols.csproj", [], [], Web: false),
        new("gateway/client/Tidings.Client.csproj", ["Tidings.Protocols"], ["Microsoft.Extensions.Logging.Abstractions"], Web: false),
        new("gateway/cli/Tidings.Cli.csproj", ["Tidings.Client"], ["System.CommandLine", "Spectre.Console"], Web: false) { Assembly = "tidings" },
        new("grain-interfaces/Tidings.GrainInterfaces.csproj", [], ["Microsoft.Orleans.Sdk"], Web: false),
        new("grains/Tidings.Grains.csproj", ["Tidings.GrainInterfaces"], ["Microsoft.Orleans.", "StackExchange.Redis"], Web: false),
        new("silo/Tidings.Silo.csproj", ["Tidings.Grains", "Tidings.GrainInterfaces", "Tidings.Protocols"], ["AMQPNetLite.Core", "Microsoft.Orleans.", "StackExchange.Redis", "OpenTelemetry."], Web: true),
        new(
            "gateway/Tidings.Gateway.csproj",
            ["Tidings.GrainInterfaces", "Tidings.Protocols", "Tidings.Silo"],
            ["Microsoft.Orleans.Client", "Microsoft.Orleans.Clustering.", "Microsoft.AspNetCore.", "Microsoft.IdentityModel.", "StackExchange.Redis", "OpenTelemetry."],
            Web: true),
    ];

    /// <summary>The assembly it is built to.</summary>
    public string Assembly { get; init; } = Path.GetFileNameWithoutExtension(File);

    /// <summary>References that must not be, each as a sentence.</summary>
    public IEnumerable<string> Violations(ProjectFile project) =>
    [
        .. project.Projects.Except(Projects).Select(name => $"{Assembly} refers to project {name}."),
        .. project.Packages.Where(name => !Allows(name)).Select(name => $"{Assembly} refers to package {name}."),
        .. project.Frameworks.Where(_ => !Web).Select(name => $"{Assembly} refers to framework {name}."),
    ];

    /// <summary>The same for the assemblies that the built code refers to, whoever brought them.</summary>
    public IEnumerable<string> Violations(IEnumerable<string> assemblies) => assemblies
        .Where(name => name switch
        {
            _ when name.StartsWith("Tidings.", StringComparison.Ordinal) => !Projects.Contains(name),
            _ when name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) => !Web,
            _ when name.StartsWith("Orleans", StringComparison.Ordinal) => !Packages.Any(static package => package.StartsWith("Microsoft.Orleans.", StringComparison.Ordinal)),
            _ => false,
        })
        .Select(name => $"{Assembly} refers to assembly {name}.");

    private bool Allows(string package) => Packages.Any(allowed => package == allowed || (allowed[^1] == '.' && package.StartsWith(allowed, StringComparison.Ordinal)));
}
