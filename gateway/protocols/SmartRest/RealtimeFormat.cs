namespace Tidings.Protocols.SmartRest;

/// <summary>How advice and notifications are written. The documentation and the clients in the field differ.</summary>
public enum RealtimeFormat
{
    /// <summary><see cref="Live"/> for a session opened with <c>80,true</c>, otherwise <see cref="Documented"/>.</summary>
    Auto,

    /// <summary>As documented: <c>86,timeout,interval,policy</c> and <c>100,value</c>.</summary>
    Documented,

    /// <summary>As deployed clients index it, with a line number: <c>86,,timeout,interval,policy</c> and <c>100,1,value</c>.</summary>
    Live,
}

/// <summary>What <see cref="RealtimeFormat.Auto"/> comes to.</summary>
public static class RealtimeFormats
{
    /// <summary>The format of a session.</summary>
    /// <param name="format">What is configured.</param>
    /// <param name="reliable">Whether the session was opened with <c>80,true</c>.</param>
    public static RealtimeFormat Resolve(this RealtimeFormat format, bool reliable) =>
        format != RealtimeFormat.Auto ? format : reliable ? RealtimeFormat.Live : RealtimeFormat.Documented;
}
