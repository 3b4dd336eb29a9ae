namespace Tidings;

/// <summary>
/// A queue: each message goes to one reader. Its messages are in the log of a channel, it keeps how far they are read. Key: the channel's,
/// <see cref="ChannelId.ToKey"/>.
/// </summary>
[Alias("tidings.IPersoniumQueueGrain")]
public interface IPersoniumQueueGrain : IGrainWithStringKey
{
    /// <summary>Puts a message into the queue; answers once the log has it.</summary>
    /// <returns><see cref="PublishStatus.Busy"/> when <see cref="TidingsLimits.PersoniumQueueMessages"/> wait to be read.</returns>
    [Alias("Send")]
    Task<PublishStatus> Send(PublishItem item);

    /// <summary>
    /// Takes messages out, oldest first. What is taken is written down before it is given: a crash may lose what was being given, and gives
    /// nothing twice.
    /// </summary>
    /// <param name="most">Most messages wanted.</param>
    [Alias("Take")]
    Task<Message[]> Take(int most);

    /// <summary>Takes everything out unread: the queue is declared anew, and what was sent before is not its own.</summary>
    [Alias("Clear")]
    Task Clear();
}
