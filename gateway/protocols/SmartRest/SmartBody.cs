namespace Tidings.Protocols.SmartRest;

/// <summary>What a body posted to <c>/s</c> asks for.</summary>
public abstract record SmartBody;

/// <summary>Whether X-Ids have templates: an empty body, or one of rows 15 alone. One row 20 or 40 each, in order.</summary>
/// <param name="XIds">As the client wrote them; null stands for one it did not name.</param>
/// <param name="Errors">What answers the rows beyond as many as are looked up.</param>
public sealed record TemplateCheck(IReadOnlyList<string?> XIds, IReadOnlyList<SmartError> Errors) : SmartBody;

/// <summary>Templates to create: a body with a row 10 or 11. Each set is created whole or not at all.</summary>
/// <param name="Sets">In order of appearance.</param>
public sealed record TemplateRegistration(IReadOnlyList<TemplateDefinition> Sets) : SmartBody;

/// <summary>One set to create.</summary>
/// <param name="XId">As the client wrote it; null if it named none.</param>
/// <param name="Set">The set; null with errors.</param>
/// <param name="Errors">Why there is none.</param>
public sealed record TemplateDefinition(string? XId, TemplateSet? Set, IReadOnlyList<SmartError> Errors);

/// <summary>Requests by template, in order.</summary>
/// <param name="Rows">What the rows ask for, one by one.</param>
public sealed record RequestBatch(IReadOnlyList<RequestRow> Rows) : SmartBody
{
    /// <summary>Whether the rows use several X-Ids, so that rows 87 have to tell whose answers follow.</summary>
    public bool NamesSeveral => Rows.Select(row => row.XId).Distinct().Skip(1).Any();
}

/// <summary>One row of a request batch.</summary>
/// <param name="Line">The row's number, from 1; every row of the body counts.</param>
/// <param name="XId">The X-Id in force, as the client wrote it; null if there is none.</param>
public abstract record RequestRow(int Line, string? XId);

/// <summary><c>id[,value…]</c>: a request by template.</summary>
/// <param name="Line">The row's number, from 1.</param>
/// <param name="XId">The X-Id in force.</param>
/// <param name="Id">The template's identifier as it is written.</param>
/// <param name="Arguments">Its values.</param>
public sealed record TemplateCall(int Line, string? XId, string Id, IReadOnlyList<string> Arguments) : RequestRow(Line, XId);

/// <summary><c>61,device</c>: asks for a device's credentials.</summary>
/// <param name="Line">The row's number, from 1.</param>
/// <param name="XId">The X-Id in force; none is needed.</param>
/// <param name="DeviceId">What the device calls itself.</param>
public sealed record BootstrapCall(int Line, string? XId, string DeviceId) : RequestRow(Line, XId);

/// <summary>A row that asks for nothing that could be; the others are not concerned.</summary>
/// <param name="Line">The row's number, from 1.</param>
/// <param name="XId">The X-Id in force.</param>
/// <param name="Error">The row that answers it.</param>
public sealed record RefusedRow(int Line, string? XId, SmartError Error) : RequestRow(Line, XId);
