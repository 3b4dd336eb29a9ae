using System.Security.Cryptography;
using System.Text;

namespace Tidings.Gateway.Identity.Accounts;

/// <summary>How a change of an account ended.</summary>
internal enum AccountChangeStatus
{
    /// <summary>It is stored.</summary>
    Done,

    /// <summary>The change did not want it, or there was nothing to change.</summary>
    Refused,

    /// <summary>The account is not in the state that the change was meant for.</summary>
    Mismatch,

    /// <summary>Others kept changing it.</summary>
    Busy,
}

/// <summary>What came of a change.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Value">The account as it is then; null where nothing was stored.</param>
internal readonly record struct AccountChange<T>(AccountChangeStatus Status, T? Value)
    where T : class;

/// <summary>States of stored accounts, told apart by what is stored: two administrators who saw the same state name it the same.</summary>
internal static class AccountVersion
{
    /// <summary>The state of what is not stored.</summary>
    public const string None = "0";

    public static string Of(string? json) => json is null ? None : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)))[..16];
}
