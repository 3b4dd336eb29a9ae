namespace Tidings.Protocols.SmartRest;

/// <summary><c>11,id,base,condition,value[,value…]</c>: the row that a JSON value yields.</summary>
/// <param name="Id">The identifier that its rows begin with.</param>
/// <param name="Base">The value, or the list of values, to match; each element of a list is matched by itself.</param>
/// <param name="Condition">What has to be there, and not be <c>null</c>; null where nothing has to.</param>
/// <param name="Values">What the row holds, relative to the base. Where one is missing there is no row.</param>
internal sealed record ResponseTemplate(uint Id, JsonPath Base, JsonPath? Condition, IReadOnlyList<JsonPath> Values);
