namespace Tidings;

/// <summary>A gateway in the process of a silo: what the silo has for it need not travel.</summary>
public interface ILocalGateway
{
    /// <summary>The same as its <see cref="GatewayAddress.Id"/>.</summary>
    string Id { get; }

    /// <summary>The gateway itself.</summary>
    IGatewayObserver Observer { get; }
}
