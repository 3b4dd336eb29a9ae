namespace Tidings.Grains.Logs;

/// <summary>What <see cref="RedisLogScripts.Append"/> answers.</summary>
internal enum RedisAppendOutcome
{
    /// <summary>The messages were stored now.</summary>
    Stored = 0,

    /// <summary>The messages are there already: an earlier attempt of the same append stored them, though its answer was lost.</summary>
    AlreadyStored = 1,

    /// <summary>The claim is void: a later one exists, or the log lost messages that this writer knows of. Nothing was stored.</summary>
    Fenced = 2,

    /// <summary>A later writer has appended so much that the place of these messages is trimmed: nobody knows.</summary>
    Unknown = 3,
}
