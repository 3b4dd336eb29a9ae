using System.Collections.Concurrent;
using Tidings.Gateway.Identity;
using Tidings.Gateway.Identity.Accounts;

namespace Tidings.Gateway.Authorization;

/// <summary>What a set of roles of one tenant may do, by one state of the rules. Shared by all callers with these roles.</summary>
internal sealed class ChannelGrants
{
    private const int MaxDecisions = 10_000;
    private readonly Func<string, bool> _system;
    private readonly PatternSet _subscribe;
    private readonly PatternSet _publish;
    private readonly PatternSet _create;
    private readonly PatternSet _manage;
    private readonly ConcurrentDictionary<string, bool> _visible = new(StringComparer.Ordinal);

    /// <param name="rules">The rules.</param>
    /// <param name="roles">What the roles may do.</param>
    /// <param name="everything">Whether they may do everything in their tenant.</param>
    /// <param name="system">Which of <see cref="SystemChannels"/> they may see.</param>
    public ChannelGrants(RuleBook rules, IEnumerable<RoleOptions> roles, bool everything, Func<string, bool> system)
    {
        (Rules, _system) = (rules, system);
        RoleOptions[] all = everything ? [Everything] : [.. roles];
        _subscribe = new PatternSet(all.SelectMany(static role => role.Subscribe));
        _publish = new PatternSet(all.SelectMany(static role => role.Publish));
        _create = new PatternSet(all.SelectMany(static role => role.Create));
        _manage = new PatternSet(all.SelectMany(static role => role.Manage));
        SeesEverything = _subscribe.CoversEverything && system(SystemChannels.Audit) && system(SystemChannels.Cluster);
    }

    /// <summary>The rules it was worked out from; others make it void.</summary>
    public RuleBook Rules { get; }

    /// <summary>Whether anything at all is allowed.</summary>
    public bool Any => _subscribe.Any || _publish.Any || _manage.Any;

    /// <summary>Whether messages of every channel may be seen, so that none need be looked at.</summary>
    public bool SeesEverything { get; }

    private static RoleOptions Everything { get; } = new()
    {
        Subscribe = [ChannelName.Everything],
        Publish = [ChannelName.Everything],
        Create = [ChannelName.Everything],
        Manage = [ChannelName.Everything],
    };

    /// <summary>
    /// Whether a channel or pattern may be subscribed to. A pattern may if any channel that it matches may be: messages of the others
    /// are left out one by one (<see cref="MaySee"/>).
    /// </summary>
    public bool MaySubscribe(string name) => SystemChannels.Contains(name) ? _system(name) : ChannelName.IsPattern(name) ? _subscribe.Meets(name) : MaySee(name);

    /// <summary>Whether messages of a channel may be seen. Asked for every delivery, so decisions are kept, a bounded number.</summary>
    public bool MaySee(string channel)
    {
        if (SeesEverything)
        {
            return true;
        }

        if (SystemChannels.Contains(channel))
        {
            return _system(channel);
        }

        if (_subscribe.CoversEverything)
        {
            return true;
        }

        if (!_visible.TryGetValue(channel, out var may))
        {
            if (_visible.Count >= MaxDecisions)
            {
                _visible.Clear();
            }

            _visible[channel] = may = _subscribe.Matches(channel);
        }

        return may;
    }

    public bool MayPublish(string channel) => _publish.Matches(channel);

    public bool MayCreate(string channel) => _create.Matches(channel);

    public bool MayManage(string channel) => _manage.Matches(channel);
}
