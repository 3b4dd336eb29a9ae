namespace Tidings.Grains.Channels;

/// <summary>Messages of one publish that wait for the log, and where each of them came to stand.</summary>
internal sealed class WaitingPublish(PublishItem[] items)
    : TaskCompletionSource<PublishResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private long _first;
    private long[]? _offsets;

    public PublishItem[] Items => items;

    /// <summary>Notes the offset of one of its messages; only where some are repeated are they noted one by one.</summary>
    public void Place(int index, long offset, bool isNew)
    {
        if (index == 0)
        {
            (_first, _offsets) = (offset, null);
        }

        if (_offsets is null && !isNew)
        {
            _offsets = new long[items.Length];
            for (var i = 0; i < index; i++)
            {
                _offsets[i] = _first + i;
            }
        }

        if (_offsets is not null)
        {
            _offsets[index] = offset;
        }
    }

    public void Answer(PublishStatus status, long epoch) => SetResult(
        status == PublishStatus.Stored ? new PublishResult(status, _first, epoch, _offsets) : new PublishResult(status, 0, 0));
}
