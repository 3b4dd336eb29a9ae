using Microsoft.Extensions.Options;
using Tidings.Gateway.Health;

namespace Tidings.Gateway.Tests.Health;

public sealed class ReadinessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Clock _time = new();
    private readonly Readiness _readiness;

    public ReadinessTests() => _readiness = new Readiness(Options.Create(new HealthOptions { Patience = Patience, AnswersInARow = 2 }), _time);

    [Fact]
    public void A_gateway_that_starts_is_ready_with_the_first_message_that_comes_back()
    {
        Assert.Equal(ReadinessState.Starting, _readiness.State);

        _readiness.Missed();
        Assert.Equal(ReadinessState.Starting, _readiness.State);

        _readiness.Heard();
        Assert.Equal(ReadinessState.Ready, _readiness.State);
    }

    [Fact]
    public void A_silence_as_long_as_a_failover_turns_nobody_away()
    {
        _readiness.Heard();

        _time.Advance(TimeSpan.FromSeconds(8));
        _readiness.Missed();

        Assert.Equal(ReadinessState.Late, _readiness.State);
        _readiness.Heard();
        Assert.Equal(ReadinessState.Ready, _readiness.State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void After_a_longer_one_it_takes_two_messages_in_a_row(bool asked)
    {
        _readiness.Heard();
        _time.Advance(Patience + TimeSpan.FromSeconds(1));
        Assert.True(!asked || _readiness.State == ReadinessState.Deaf);

        _readiness.Heard();
        Assert.Equal(ReadinessState.Deaf, _readiness.State);

        _readiness.Missed();
        _readiness.Heard();
        Assert.Equal(ReadinessState.Deaf, _readiness.State);

        _readiness.Heard();
        Assert.Equal(ReadinessState.Ready, _readiness.State);
    }

    [Fact]
    public void A_patience_that_one_message_could_outlast_is_refused()
    {
        var validator = new HealthOptionsValidator();

        Assert.True(validator.Validate(null, new HealthOptions()).Succeeded);
        Assert.True(validator.Validate(null, new HealthOptions { ProbeEvery = TimeSpan.FromSeconds(6), Patience = Patience }).Failed);
    }

    /// <summary>A clock that the test moves.</summary>
    private sealed class Clock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan by) => _now += by.Ticks;
    }
}
