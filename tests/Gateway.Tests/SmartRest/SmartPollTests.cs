using Tidings.Gateway.SmartRest;

namespace Tidings.Gateway.Tests.SmartRest;

public sealed class SmartPollTests
{
    private static readonly DateTimeOffset Start = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly SmartPoll _poll = new(Start + TimeSpan.FromMinutes(90), TimeSpan.FromMinutes(10), Start);

    [Fact]
    public async Task Item_51_a_sign_of_life_is_due_every_ten_minutes_until_the_time_is_up()
    {
        var next = _poll.NextAsync();
        for (var minute = 1; minute <= 90; minute++)
        {
            Assert.False(next.IsCompleted, $"Something was due before minute {minute}.");
            _poll.Tick(Start + TimeSpan.FromMinutes(minute));
            if (minute % 10 == 0)
            {
                Assert.Equal(minute < 90 ? PollEnd.KeepAlive : PollEnd.Timeout, await next.WaitAsync(TimeSpan.FromSeconds(20)));
                next = _poll.NextAsync();
            }
        }
    }

    [Fact]
    public async Task A_wake_that_came_before_it_was_waited_for_is_not_lost_and_taken_once()
    {
        _poll.Wake();
        _poll.Wake();

        Assert.Equal(PollEnd.Wake, await _poll.NextAsync());
        Assert.False(_poll.NextAsync().IsCompleted);
    }

    [Fact]
    public async Task An_end_is_final_and_comes_before_what_else_there_is()
    {
        _poll.Wake();
        _poll.End(PollEnd.Superseded);
        _poll.End(PollEnd.Timeout);
        _poll.Wake();

        Assert.Equal(PollEnd.Superseded, await _poll.NextAsync());
        Assert.Equal(PollEnd.Superseded, await _poll.NextAsync());
    }
}
