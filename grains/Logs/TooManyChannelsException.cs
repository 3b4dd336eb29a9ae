namespace Tidings.Grains.Logs;

/// <summary>A tenant has as many channels as it may have (<see cref="TidingsLimits.ChannelsPerTenant"/>), and this would be another one.</summary>
public sealed class TooManyChannelsException : Exception
{
    /// <summary>Creates the exception.</summary>
    public TooManyChannelsException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    public TooManyChannelsException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    public TooManyChannelsException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>The exception of a channel that is refused.</summary>
    internal static TooManyChannelsException Of(ChannelId channel) => new($"Tenant {channel.Tenant} has as many channels as it may.");
}
