namespace Tidings.Gateway.Sessions;

/// <summary>How a session stands at this gateway.</summary>
internal enum LocalState
{
    /// <summary>Its silo has been asked to attach it, or has sent a first part of what it missed.</summary>
    Attaching,

    /// <summary>Messages come by themselves.</summary>
    Live,

    /// <summary>Its window was too full: nothing more is taken in, and its silo gets its cursors.</summary>
    Lagging,

    /// <summary>It is being given up: no frame is for it, and a write still under way is waited for.</summary>
    Leaving,

    /// <summary>It waits at its silo; nothing comes until it is attached again.</summary>
    Parked,

    /// <summary>It moved elsewhere or ended.</summary>
    Gone,
}
