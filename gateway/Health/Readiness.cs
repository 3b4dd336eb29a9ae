using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Health;

/// <summary>
/// Whether this gateway may be given clients. It is slow to say no (<see cref="HealthOptions.Patience"/>), as a cluster that goes on without a
/// silo is silent for some seconds to every gateway; and it wants more than one sign before it says yes again, so as not to waver.
/// </summary>
internal sealed class Readiness(IOptions<HealthOptions> options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly HealthOptions _options = options.Value;
    private long _heardAt;
    private int _inARow;
    private bool _began;
    private bool _ready;

    /// <summary>What there is to say now.</summary>
    public ReadinessState State
    {
        get
        {
            lock (_lock)
            {
                LookAtSilence();
                return !_began ? ReadinessState.Starting
                    : !_ready ? ReadinessState.Deaf
                    : time.GetElapsedTime(_heardAt) > _options.Patience / 2 ? ReadinessState.Late
                    : ReadinessState.Ready;
            }
        }
    }

    /// <summary>A message came back.</summary>
    public void Heard()
    {
        lock (_lock)
        {
            // A silence that nobody asked about counts, too.
            LookAtSilence();
            _heardAt = time.GetTimestamp();
            _inARow++;
            _ready |= !_began || _inARow >= _options.AnswersInARow;
            _began = true;
        }
    }

    /// <summary>The next message is sent before the last one has come back.</summary>
    public void Missed()
    {
        lock (_lock)
        {
            _inARow = 0;
        }
    }

    private void LookAtSilence()
    {
        if (_ready && time.GetElapsedTime(_heardAt) > _options.Patience)
        {
            (_ready, _inARow) = (false, 0);
        }
    }
}

/// <summary>How a gateway is.</summary>
internal enum ReadinessState
{
    /// <summary>Nothing has come back yet since the start.</summary>
    Starting,

    /// <summary>What is published comes back.</summary>
    Ready,

    /// <summary>Nothing came back for a while, but not for so long that clients are better served elsewhere.</summary>
    Late,

    /// <summary>Nothing came back for too long, or not often enough since.</summary>
    Deaf,
}
