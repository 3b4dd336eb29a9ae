using Microsoft.Extensions.Options;

namespace Tidings.Grains.Channels;

public sealed class PublishWindowTests
{
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(60);
    private readonly Guid[] _keys = [.. Enumerable.Range(0, 6).Select(static _ => Guid.NewGuid())];

    [Fact]
    public void A_key_is_found_with_its_offset_and_no_other_key_is()
    {
        var window = Of(10);
        window.Add(_keys[0], 7, time: 0);

        Assert.True(window.TryFind(_keys[0], out var offset));
        Assert.Equal(7, offset);
        Assert.False(window.TryFind(_keys[1], out _));
    }

    [Fact]
    public void The_oldest_keys_are_forgotten_when_there_are_too_many()
    {
        var window = Of(3);
        AddEach(window, times: [0, 0, 0, 0, 0]);

        Assert.Equal([false, false, true, true, true], Found(window, 5));
    }

    [Fact]
    public void Keys_are_forgotten_once_they_are_too_old()
    {
        var window = Of(10);
        AddEach(window, times: [0, 1, 60_000]);
        Assert.Equal([true, true, true], Found(window, 3));

        window.Add(_keys[3], 4, time: 60_001);
        Assert.Equal([false, true, true, true], Found(window, 4));
    }

    [Fact]
    public void A_key_added_again_keeps_its_first_offset_and_its_place()
    {
        var window = Of(2);
        window.Add(_keys[0], 1, time: 0);
        window.Add(_keys[0], 5, time: 0);
        window.Add(_keys[1], 2, time: 0);

        Assert.True(window.TryFind(_keys[0], out var offset));
        Assert.Equal(1, offset);
        window.Add(_keys[2], 3, time: 0);
        Assert.Equal([false, true, true], Found(window, 3));
    }

    [Fact]
    public void A_window_of_no_keys_remembers_none()
    {
        var window = Of(0);
        AddEach(window, times: [0, 1]);

        Assert.Equal([false, false], Found(window, 2));
    }

    private void AddEach(PublishWindow window, long[] times)
    {
        for (var i = 0; i < times.Length; i++)
        {
            window.Add(_keys[i], i + 1, times[i]);
        }
    }

    private IEnumerable<bool> Found(PublishWindow window, int count) => _keys.Take(count).Select(key => window.TryFind(key, out _));

    private static PublishWindow Of(int most) => new(Options.Create(new TidingsLimits { PublishKeys = most, PublishKeyAge = Age }));
}
