using FsCheck;
using FsCheck.Fluent;

namespace Tidings.Grains.Logs;

/// <summary>What two writers may do on two channels.</summary>
internal enum LogAction
{
    Claim,
    Append,
    Read,
    Trim,
    Wait,
    Interest,

    /// <summary>The next claim or append meets with a fault, where the log's store can have some.</summary>
    Fail,
}

/// <summary>One step of a random run.</summary>
internal sealed record LogStep(LogAction Action, int Channel, int Writer, int Amount);

/// <summary>Runs random operations on a log and on plain lists, and compares every answer.</summary>
internal sealed class MessageLogModel(IMessageLog log, ManualTime time, TidingsLimits limits, Action<int>? fail = null)
{
    private static readonly TidingsLimits SmallLimits = new() { LogMessages = 6, LogAge = TimeSpan.FromSeconds(10) };

    private readonly ModelChannel[] _channels = [new("/one"), new("/two")];
    private readonly List<string> _changed = [];
    private bool _mayBeUnknown;

    /// <summary>Checks random runs, each on a log of its own.</summary>
    public static void Check(Func<TidingsLimits, (IMessageLog Log, ManualTime Time)> create, int runs = 100, Action<int>? fail = null)
    {
        var step =
            from action in Gen.Elements(Enum.GetValues<LogAction>().Append(LogAction.Append).Append(LogAction.Append))
            from channel in Gen.Choose(0, 1)
            from writer in Gen.Choose(0, 1)
            from amount in Gen.Choose(1, 9)
            select new LogStep(action, channel, writer, amount);
        Prop.ForAll(step.ArrayOf().ToArbitrary(), steps => RunAsync(create(SmallLimits), steps, fail).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(runs).WithEndSize(60));
    }

    private static async Task<bool> RunAsync((IMessageLog Log, ManualTime Time) subject, LogStep[] steps, Action<int>? fail)
    {
        var model = new MessageLogModel(subject.Log, subject.Time, SmallLimits, fail);
        foreach (var step in steps)
        {
            await model.TakeAsync(step);
            await model.CompareAsync(step.Channel, 0, 100);
        }

        return true;
    }

    private Task TakeAsync(LogStep step) => step.Action switch
    {
        LogAction.Claim => ClaimAsync(_channels[step.Channel], step.Writer),
        LogAction.Append => AppendAsync(_channels[step.Channel], step.Writer, step.Amount),
        LogAction.Read => CompareAsync(step.Channel, step.Amount - 1, step.Writer + 1),
        LogAction.Trim => TrimAsync(),
        LogAction.Wait => WaitAsync(step.Amount),
        LogAction.Fail => FailAsync(step.Amount),
        _ => SetInterestAsync(_channels[step.Channel], $"silo-{step.Amount % 3}", step.Writer == 0),
    };

    private async Task ClaimAsync(ModelChannel channel, int writer)
    {
        var claim = await log.ClaimAsync(channel.Id);
        Assert.Equal(channel.Head, claim.Head.Offset);
        Assert.Equal(channel.Silos.Order(), claim.Silos.Order());
        Assert.True(channel.Epoch == 0 || channel.Epoch == claim.Head.Epoch);
        channel.Epoch = claim.Head.Epoch;
        channel.Claims[writer] = claim;
        channel.Owner = writer;
    }

    private async Task AppendAsync(ModelChannel channel, int writer, int count)
    {
        if (channel.Claims[writer] is not { } claim)
            return;

        var messages = Messages.After(claim, time.Milliseconds, count, $"{writer}:");
        var appended = await TryAppendAsync(claim, messages);
        Assert.Equal(channel.Owner == writer, appended is not null);
        if (appended is null)
            return;

        channel.Claims[writer] = appended;
        channel.Add(messages, limits, Cutoff());
        _changed.Remove(channel.Id.Name);
        _changed.Add(channel.Id.Name);
    }

    /// <summary>What became of a void claim's append need not be known after a fault; nothing may be stored.</summary>
    private async Task<LogClaim?> TryAppendAsync(LogClaim claim, Message[] messages)
    {
        var mayBeUnknown = _mayBeUnknown;
        _mayBeUnknown = false;
        try
        {
            return await log.AppendAsync(claim, messages);
        }
        catch (LogUnavailableException) when (mayBeUnknown)
        {
            return null;
        }
    }

    private Task FailAsync(int fault)
    {
        fail?.Invoke(fault);
        _mayBeUnknown = fail is not null;
        return Task.CompletedTask;
    }

    private async Task TrimAsync()
    {
        await log.TrimAsync();
        foreach (var channel in _channels)
            channel.DropOlderThan(Cutoff());
    }

    private Task WaitAsync(int seconds)
    {
        time.Advance(TimeSpan.FromSeconds(seconds));
        return Task.CompletedTask;
    }

    private async Task SetInterestAsync(ModelChannel channel, string silo, bool interested)
    {
        await log.SetInterestAsync(channel.Id, silo, interested);
        _ = interested ? channel.Silos.Add(silo) : channel.Silos.Remove(silo);
    }

    private async Task CompareAsync(int index, long after, int limit)
    {
        var channel = _channels[index];
        var read = await log.ReadAsync(channel.Id, after, limit);
        Assert.Equal(new ChannelHead(channel.Epoch, channel.Head), read.Head);
        Assert.Equal(channel.Head - channel.Kept.Count + 1, read.First);
        Assert.Equal(
            channel.Kept.Where(message => message.Offset > after).Take(limit).Select(Describe),
            read.Messages.Select(Describe));
        Assert.Equal(_changed, (await log.ReadChangedAsync(channel.Id.Tenant, 0, 10)).Channels);
    }

    private long Cutoff() => time.Milliseconds - (long)limits.LogAge.TotalMilliseconds;

    private static string Describe(Message message) => $"{message.Offset}@{message.Time}={message.Body()}";

    /// <summary>The plain list that a channel's log is compared with.</summary>
    private sealed class ModelChannel(string name)
    {
        public ChannelId Id { get; } = new(ChannelId.DefaultTenant, name);

        public long Epoch { get; set; }

        public long Head { get; private set; }

        public int Owner { get; set; }

        public List<Message> Kept { get; } = [];

        public LogClaim?[] Claims { get; } = new LogClaim?[2];

        public HashSet<string> Silos { get; } = [];

        public void Add(Message[] messages, TidingsLimits limits, long cutoff)
        {
            Kept.AddRange(messages);
            Kept.RemoveRange(0, Math.Max(0, Kept.Count - limits.LogMessages));
            DropOlderThan(cutoff);
            Head += messages.Length;
        }

        public void DropOlderThan(long cutoff) => Kept.RemoveRange(0, Kept.TakeWhile(message => message.Time < cutoff).Count());
    }
}
