using System.Reflection;

namespace Tidings.Architecture.Tests;

/// <summary>
/// What crosses between processes, or is stored, must be read by the build before and after: the cluster is upgraded process by process. The list
/// of what is said under which name and number is kept beside this test; lines are added to it, never changed and never taken away.
/// </summary>
public sealed class SerializedTypesTests
{
    private const string ListFile = "tests/Architecture.Tests/serialized.txt";

    private static readonly Assembly[] Assemblies = [typeof(TidingsLimits).Assembly, Assembly.Load("Tidings.Grains"), Assembly.Load("Tidings.Silo")];

    private static readonly string[] Approved = Repository.Read(ListFile).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    [Fact]
    public void Nothing_that_was_ever_said_is_said_otherwise() => AssertNone(Approved.Except(Present(Assemblies)), "were changed or taken away");

    [Fact]
    public void Everything_that_is_said_is_in_the_list() => AssertNone(Present(Assemblies).Except(Approved), $"are to be added to {ListFile}");

    [Fact]
    public void The_list_gives_no_name_and_no_number_twice()
    {
        Assert.NotEmpty(Approved);
        Assert.Empty(Approved.GroupBy(static line => line[..line.IndexOf(": ", StringComparison.Ordinal)]).Where(static group => group.Count() > 1).Select(static group => group.Key));
    }

    [Fact]
    public void Everything_serialized_has_a_name_of_its_own() => Assert.Empty(
        Assemblies.SelectMany(static assembly => assembly.GetTypes())
            .Where(static type => type.IsDefined(typeof(GenerateSerializerAttribute)) && Alias(type) is null)
            .Select(static type => type.FullName));

    [Fact]
    public void Members_and_calls_are_seen_with_their_types()
    {
        Assert.Equal(["tidings.ChannelHead 0: Int64", "tidings.ChannelHead 1: Int64"], Lines(typeof(ChannelHead)));
        Assert.Contains("tidings.IChannelGrain.Read: Int64, Int32 -> Task`1<tidings.LogRead>", Lines(typeof(IChannelGrain)));
    }

    private static void AssertNone(IEnumerable<string> lines, string what)
    {
        var all = string.Join('\n', lines);
        Assert.True(all.Length == 0, $"These lines {what}:\n{all}");
    }

    private static HashSet<string> Present(IEnumerable<Assembly> assemblies) =>
        [.. assemblies.SelectMany(static assembly => assembly.GetTypes()).SelectMany(Lines)];

    private static IEnumerable<string> Lines(Type type) =>
        type.IsEnum && type.Assembly == typeof(TidingsLimits).Assembly ? Enum.GetValues(type).Cast<object>().Select(value => $"{type.Name} {Convert.ToInt64(value, null)}: {value}")
        : Alias(type) is not { } alias ? [] : type.IsInterface ? Calls(type, alias) : Members(type, alias);

    private static IEnumerable<string> Members(Type type, string alias)
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        var properties = type.GetProperties(All).Select(static property => (Member: (MemberInfo)property, property.PropertyType));
        var fields = type.GetFields(All).Select(static field => (Member: (MemberInfo)field, PropertyType: field.FieldType));
        return properties.Concat(fields)
            .Select(static pair => (Id: pair.Member.GetCustomAttribute<IdAttribute>()?.Id, pair.PropertyType))
            .Where(static pair => pair.Id is not null)
            .OrderBy(static pair => pair.Id)
            .Select(pair => $"{alias} {pair.Id}: {Name(pair.PropertyType)}");
    }

    private static IEnumerable<string> Calls(Type type, string alias) => type.GetMethods()
        .Select(method => $"{alias}.{method.GetCustomAttribute<AliasAttribute>()?.Alias ?? method.Name}: "
            + $"{string.Join(", ", method.GetParameters().Select(static parameter => Name(parameter.ParameterType)))} -> {Name(method.ReturnType)}");

    private static string? Alias(Type type) => type.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias;

    /// <summary>A type by its own name on the wire, where it has one.</summary>
    private static string Name(Type type) =>
        type.IsArray ? Name(type.GetElementType()!) + "[]"
        : type.IsGenericType ? $"{type.Name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : Alias(type) ?? type.Name;
}
