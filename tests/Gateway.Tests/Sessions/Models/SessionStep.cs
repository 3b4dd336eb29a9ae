using FsCheck;
using FsCheck.Fluent;

namespace Tidings.Gateway.Tests.Sessions.Models;

/// <summary>What may happen to a session at its gateway.</summary>
internal enum SessionAction
{
    /// <summary>Messages are logged and a frame with them is sent.</summary>
    Publish,

    /// <summary>The next frames reach the gateway.</summary>
    Receive,

    /// <summary>Frames reach the gateway a second time, with the next ones.</summary>
    ReceiveAgain,

    /// <summary>The client asks for messages, and a write begins.</summary>
    Write,

    /// <summary>The write under way ends.</summary>
    EndWrite,

    /// <summary>A connect that the client gave up arrives late, with an older acknowledgement; its answer reaches nobody.</summary>
    LateConnect,

    /// <summary>The gateway attaches the session.</summary>
    Attach,

    /// <summary>The gateway gives the session back to its silo.</summary>
    Park,

    /// <summary>Another gateway takes the session, and gives it back at once.</summary>
    Release,

    /// <summary>The session's silo dies with what it had not sent.</summary>
    SiloCrash,

    /// <summary>A call that was held up on its way arrives, long given up.</summary>
    LateCall,
}

/// <summary>What becomes of a call to the session's grain.</summary>
internal enum CallFault
{
    None,
    CallLost,
    AnswerLost,

    /// <summary>Given up by the gateway, it arrives with a later <see cref="SessionAction.LateCall"/>.</summary>
    Late,
}

/// <summary>One step of a random run.</summary>
internal sealed record SessionStep(SessionAction Action, int Amount, CallFault Fault)
{
    /// <summary>Any step; what moves messages is more frequent than what moves sessions.</summary>
    public static Gen<SessionStep> Any { get; } =
        from action in Gen.Frequency(
            (6, Gen.Elements(SessionAction.Publish, SessionAction.Receive, SessionAction.Write, SessionAction.EndWrite)),
            (3, Gen.Elements(SessionAction.ReceiveAgain, SessionAction.Attach, SessionAction.LateCall)),
            (1, Gen.Elements(SessionAction.LateConnect, SessionAction.Park, SessionAction.Release, SessionAction.SiloCrash)))
        from amount in Gen.Choose(0, 5)
        from fault in Gen.Frequency((3, Gen.Constant(CallFault.None)), (1, Gen.Elements(CallFault.CallLost, CallFault.AnswerLost, CallFault.Late)))
        select new SessionStep(action, amount, fault);
}
