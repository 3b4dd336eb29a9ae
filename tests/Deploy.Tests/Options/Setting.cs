using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace Tidings.Deploy.Tests.Options;

/// <summary>One setting.</summary>
/// <param name="Key">Its key; <c>{name}</c> is a name of one's own and <c>0</c> a place in a list.</param>
/// <param name="Property">Where it is bound to.</param>
internal sealed record Setting(string Key, PropertyInfo Property)
{
    /// <summary>What may be written, in a word or two.</summary>
    public string Takes
    {
        get
        {
            var type = Scalar(Property.PropertyType)!;
            var word = type switch
            {
                _ when type == typeof(bool) => "`true`, `false`",
                _ when type.IsEnum => string.Join(", ", Enum.GetNames(type).Select(static name => $"`{name}`")),
                _ when type == typeof(TimeSpan) => "time span",
                _ when type == typeof(string) => "text",
                _ => "number",
            };
            return Property.GetCustomAttribute<RangeAttribute>() is { } range ? $"{word}, {Bound(range.Minimum)} to {Bound(range.Maximum)}" : word;
        }
    }

    /// <summary>The settings of a section, in the order of their properties.</summary>
    public static IEnumerable<Setting> Of(Type options, string section) => options.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .SelectMany(property => Of(property, property.PropertyType, $"{section}:{property.Name}"));

    private static IEnumerable<Setting> Of(PropertyInfo property, Type type, string key)
    {
        if (type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type))
        {
            var arguments = type.GetGenericArguments();
            return arguments.Length == 2 ? Of(property, arguments[1], $"{key}:{{name}}") : Of(property, arguments[0], $"{key}:0");
        }

        return IsScalar(type) ? [new Setting(key, property)] : Of(type, key);
    }

    private static bool IsScalar(Type type) => (Nullable.GetUnderlyingType(type) ?? type) is { } bare && (bare.IsPrimitive || bare.IsEnum || bare == typeof(string) || bare == typeof(TimeSpan));

    private static Type? Scalar(Type type) => IsScalar(type) ? Nullable.GetUnderlyingType(type) ?? type : type.GetGenericArguments().Select(Scalar).LastOrDefault();

    private static string Bound(object bound) => bound is IFormattable number ? number.ToString("#,0", CultureInfo.InvariantCulture) : $"{bound}";
}
