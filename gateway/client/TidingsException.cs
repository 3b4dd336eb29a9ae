using System.Globalization;

namespace Tidings.Client;

/// <summary>The server refused a request, or nobody can say whether it was carried out.</summary>
public class TidingsException : Exception
{
    /// <summary>A failure in the words of the protocol.</summary>
    /// <param name="error">As <c>code:args:text</c> (Bayeux specification, "error"), or any text.</param>
    /// <param name="mayHaveHappened">Whether the request may have been carried out.</param>
    /// <param name="cause">What led to it.</param>
    public TidingsException(string error, bool mayHaveHappened = false, Exception? cause = null)
        : base(error, cause)
    {
        Code = CodeOf(error);
        MayHaveHappened = mayHaveHappened;
    }

    /// <summary>The error's code, 403 for a denial; 0 where the server gave none.</summary>
    public int Code { get; }

    /// <summary>Whether the request may have been carried out in spite of this.</summary>
    public bool MayHaveHappened { get; }

    internal static int CodeOf(string? error) =>
        error is { Length: >= 4 } && error[3] == ':' && int.TryParse(error.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : 0;
}

/// <summary>The client is closed: by its owner, or because the server said not to come back.</summary>
public sealed class TidingsClosedException : TidingsException
{
    /// <summary>Says why.</summary>
    public TidingsClosedException(string error, Exception? cause = null)
        : base(error, mayHaveHappened: false, cause)
    {
    }
}
