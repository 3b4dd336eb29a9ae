namespace Tidings.ChaosTests.Records;

/// <summary>What is done to a cluster.</summary>
public enum FaultKind
{
    /// <summary>SIGKILL to a silo, which is started again some seconds later.</summary>
    SiloKill,

    /// <summary>SIGKILL to a gateway, which is started again some seconds later.</summary>
    GatewayKill,

    /// <summary>SIGTERM to a silo, which is started again when it has ended.</summary>
    SiloRestart,

    /// <summary>SIGTERM to a gateway, which is started again when it has ended.</summary>
    GatewayRestart,

    /// <summary>SIGSTOP to a silo, some seconds later SIGCONT.</summary>
    SiloPause,

    /// <summary>SIGSTOP to a gateway, some seconds later SIGCONT.</summary>
    GatewayPause,

    /// <summary>A part of the clients cut their connections.</summary>
    ClientCuts,

    /// <summary>SIGKILL to HAProxy, started again at once: every connection is cut.</summary>
    FrontRestart,

    /// <summary>SIGTERM to Redis, started again when it has ended, with its data.</summary>
    RedisRestart,

    /// <summary>A process ended that nobody had asked to; its runner starts it again. Never planned.</summary>
    OwnEnd,
}

/// <summary>A fault that happened.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="Target">To whom: silo2, gateway1, clients, front, redis.</param>
/// <param name="At">When it began.</param>
/// <param name="Until">When the process was ready again; for a cut, when it was made.</param>
sealed record Fault(FaultKind Kind, string Target, TimeSpan At, TimeSpan Until)
{
    /// <summary>Whether messages may come twice after it: a process died, or was as good as dead, without saying goodbye.</summary>
    public bool IsCrash => Kind is FaultKind.SiloKill or FaultKind.GatewayKill or FaultKind.SiloPause or FaultKind.GatewayPause
        or FaultKind.RedisRestart or FaultKind.OwnEnd;

    public bool IsKill => Kind is FaultKind.SiloKill or FaultKind.GatewayKill;

    /// <summary>Whether only the sessions of one gateway are concerned.</summary>
    public bool IsOfGateway => Kind is FaultKind.GatewayKill or FaultKind.GatewayPause or FaultKind.GatewayRestart;
}
