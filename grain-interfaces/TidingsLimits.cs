using System.ComponentModel.DataAnnotations;

namespace Tidings;

/// <summary>
/// Every bound of the server, in configuration section <c>Tidings:Limits</c>. What happens at each is said with it;
/// drops and refusals of requests are counted by the meter <c>Tidings</c>. Silos and gateways of a cluster are meant to be given the same values.
/// A change counts at once, without a restart: what is beyond a bound that was lowered stays until it is used up.
/// </summary>
public sealed record TidingsLimits
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Tidings:Limits";

    /// <summary>Largest request body, WebSocket message or REST publish, in bytes. Default 1 MiB. Beyond: HTTP 413, close code 1009. Open WebSockets keep the bound they began with.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MessageBytes { get; init; } = 1024 * 1024;

    /// <summary>Most messages in one request or frame. Default 1,000. Beyond: HTTP 400 or close code 1008, nothing of it is carried out.</summary>
    [Range(1, 100_000)]
    public int MessagesPerRequest { get; init; } = 1000;

    /// <summary>Deepest nesting of JSON. Default 64. Beyond: the request is malformed.</summary>
    [Range(4, 1000)]
    public int JsonDepth { get; init; } = 64;

    /// <summary>Longest message id in bytes of JSON. Default 256. Beyond: <c>405::message_id_invalid</c>.</summary>
    [Range(8, 64 * 1024)]
    public int MessageIdBytes { get; init; } = 256;

    /// <summary>Most subscriptions of one session. Default 1,000. Beyond: <c>429:subscriptions,1000:limit_reached</c>.</summary>
    [Range(1, 1_000_000)]
    public int SubscriptionsPerSession { get; init; } = 1000;

    /// <summary>Most sessions of one tenant on one silo. Default 1,000,000. Beyond: the handshake is refused with <c>429::too_many_sessions</c>.</summary>
    [Range(1, int.MaxValue)]
    public int SessionsPerTenant { get; init; } = 1_000_000;

    /// <summary>
    /// How old a session's record may grow before it is written anew, in a cluster. Default 5 min. A record of more than twice this age, and a
    /// minute, is one whose silo and gateway died together: another silo takes the session up, and ends it after its lifetime.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SessionRecordAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Most messages that wait in a gateway for one session. Default 10,000. Beyond: the window is dropped and the session
    /// re-reads the log from its cursor when it takes messages again.
    /// </summary>
    [Range(1, 10_000_000)]
    public int PendingMessagesPerSession { get; init; } = 10_000;

    /// <summary>As <see cref="PendingMessagesPerSession"/>, in bytes of payload. Default 8 MiB.</summary>
    [Range(1024, int.MaxValue)]
    public int PendingBytesPerSession { get; init; } = 8 * 1024 * 1024;

    /// <summary>
    /// Most direct messages (service replies) that wait for one session, in its gateway beside the window, or in its silo. Default 1,000; their
    /// bytes are bounded as a window's. Beyond: the oldest is dropped.
    /// </summary>
    [Range(1, 1_000_000)]
    public int DirectMessagesPerSession { get; init; } = 1000;

    /// <summary>Bytes of deliveries under way from one silo to one gateway. Default 64 MiB. Beyond: its sessions fall back to their cursors.</summary>
    [Range(64 * 1024, int.MaxValue)]
    public int LinkBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Frames with publishes of one WebSocket that wait for their acknowledgement. Default 1,024. Beyond: the connection is not read from.</summary>
    [Range(1, 1_000_000)]
    public int PublishesInFlight { get; init; } = 1024;

    /// <summary>Publishes that wait in one channel for the log. Default 10,000. Beyond: <c>503::channel_busy</c>.</summary>
    [Range(1, 1_000_000)]
    public int PendingPublishesPerChannel { get; init; } = 10_000;

    /// <summary>
    /// Bytes of payload that wait in a gateway for one channel, or are on their way to it. Default 16 MiB. Beyond: <c>503::channel_busy</c>. A
    /// publish larger than this is taken while no other waits.
    /// </summary>
    [Range(1024, int.MaxValue)]
    public int PublishLaneBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>As <see cref="PublishLaneBytes"/>, of all channels of one gateway together. Default 256 MiB.</summary>
    [Range(1024, long.MaxValue)]
    public long PublishTotalBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>
    /// Batches of messages that wait in one silo for the stream of another. Default 100,000. Beyond: the batch is dropped, and the silo that
    /// misses it reads the log.
    /// </summary>
    [Range(1, 10_000_000)]
    public int StreamLaneBatches { get; init; } = 100_000;

    /// <summary>As <see cref="StreamLaneBatches"/>, in bytes of payload. Default 64 MiB.</summary>
    [Range(64 * 1024, int.MaxValue)]
    public int StreamLaneBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Events that wait in a silo's own stream. Default 10,000. Beyond: the event is dropped, and the silo reads the log.</summary>
    [Range(1, 1_000_000)]
    public int StreamQueueEvents { get; init; } = 10_000;

    /// <summary>
    /// As <see cref="StreamQueueEvents"/>, in bytes of payload; also of the events of one channel that wait while a gap before them is read from
    /// the log. Default 64 MiB. A larger event is taken while no other waits.
    /// </summary>
    [Range(64 * 1024, int.MaxValue)]
    public int StreamQueueBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Keys of publishes that a channel remembers, to store a repeated one once. Default 10,000. Beyond: the oldest is forgotten.</summary>
    [Range(0, 1_000_000)]
    public int PublishKeys { get; init; } = 10_000;

    /// <summary>How long a channel remembers the key of a publish. Default 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan PublishKeyAge { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long a gateway tries to publish while the channel's silo or its log is away. Default 10 seconds. A try under way then is waited for, so
    /// that an answer can take up to 8 seconds longer. Beyond: <c>503::unavailable</c>, and whether the message was stored is not known.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan PublishPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest channel name in characters. Default 512. Beyond: <c>405::channel_invalid</c>.</summary>
    [Range(8, 8192)]
    public int ChannelNameLength { get; init; } = 512;

    /// <summary>Most segments of a channel name. Default 32. Beyond: <c>405::channel_invalid</c>.</summary>
    [Range(1, 1024)]
    public int ChannelDepth { get; init; } = 32;

    /// <summary>
    /// Channels of one tenant that the log knows: those that were published to, or subscribed to by name, and not forgotten since
    /// (<see cref="LogHeadAge"/>). Default 250,000. Beyond: a publish or a subscription that would make another one is refused with
    /// <c>429:channels,250000:limit_reached</c>, over HTTP with 429; channels that exist go on.
    /// </summary>
    [Range(1, 100_000_000)]
    public int ChannelsPerTenant { get; init; } = 250_000;

    /// <summary>
    /// Patterns (<c>/a/*</c>, <c>/a/**</c>) of one tenant that have subscribers; every silo knows all of them. Default 10,000. Beyond: a
    /// subscription to another one is refused with <c>429:patterns,10000:limit_reached</c>.
    /// </summary>
    [Range(1, 1_000_000)]
    public int PatternsPerTenant { get; init; } = 10_000;

    /// <summary>Messages that a channel's log keeps. Default 10,000. Beyond: the oldest is dropped.</summary>
    [Range(1, 10_000_000)]
    public int LogMessages { get; init; } = 10_000;

    /// <summary>Bytes of payload that a channel's log keeps (memory log). Default 64 MiB. Beyond: the oldest is dropped.</summary>
    [Range(1024, long.MaxValue)]
    public long LogBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// Bytes in all logs of a standalone server together: payload, and 200 for each message, which is about what keeping it costs. Default 1 GiB.
    /// Beyond: channels that were not published to for the longest time lose their messages.
    /// </summary>
    [Range(1024, long.MaxValue)]
    public long LogTotalBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>How long a message stays in its channel's log. Default 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "366.00:00:00")]
    public TimeSpan LogAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long the head of a channel without messages is kept after the channel's last use, if no silo wants its messages. Default 7 days.
    /// After: the channel is forgotten; one that comes back begins at offset 1, under a larger epoch.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "3660.00:00:00")]
    public TimeSpan LogHeadAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Messages of each channel that a silo keeps at hand for sessions on the move. Default 256. Beyond: the log is read.</summary>
    [Range(1, 100_000)]
    public int TailMessages { get; init; } = 256;

    /// <summary>SmartREST template sets of a tenant. Default 10,000. Beyond: no set is created, a row 41 says so.</summary>
    [Range(1, 10_000_000)]
    public int TemplateSetsPerTenant { get; init; } = 10_000;

    /// <summary>
    /// Bytes of the roles of a tenant as they are stored, in JSON: every gateway holds those of all tenants, and reads them at each change. Default 1 MiB.
    /// Beyond: the change is refused with HTTP 409.
    /// </summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int RoleBytesPerTenant { get; init; } = 1024 * 1024;

    /// <summary>Users that a tenant may have stored, those of accepted devices among them. Default 100,000. Beyond: none is made, with HTTP 409.</summary>
    [Range(1, 100_000_000)]
    public int UsersPerTenant { get; init; } = 100_000;

    /// <summary>API keys that a tenant may have. Default 10,000. Beyond: none is made, with HTTP 409.</summary>
    [Range(1, 100_000_000)]
    public int KeysPerTenant { get; init; } = 10_000;

    /// <summary>
    /// Log-ins of one user that tokens and cookies stand for. Default 1,000. Beyond: those end that were begun or prolonged first, each counted in
    /// <c>tidings.logins.ended</c>.
    /// </summary>
    [Range(1, 100_000)]
    public int LoginsPerUser { get; init; } = 1000;

    /// <summary>As <see cref="LoginsPerUser"/>, of all users of a standalone server together. Default 100,000. Beyond: those end that would have ended first.</summary>
    [Range(16, 10_000_000)]
    public int LoginsStandalone { get; init; } = 100_000;

    /// <summary>Most messages that one read of a log returns. Default 1,000.</summary>
    [Range(1, 100_000)]
    public int ReadMessages { get; init; } = 1000;

    /// <summary>Bytes of payload after which one read of a log ends, however few messages that is. Default 4 MiB.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int ReadBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>SMC elements of one type of a tenant. Default 1,000. Beyond: HTTP 503, nothing is made. All of a type are stored as one.</summary>
    [Range(1, 100_000)]
    public int SmcElementsPerType { get; init; } = 1000;

    /// <summary>Largest SMC element, in bytes of JSON. Default 16 KiB. Beyond: HTTP 413.</summary>
    [Range(64, 1024 * 1024)]
    public int SmcElementBytes { get; init; } = 16 * 1024;

    /// <summary>Changes of SMC elements of one type that are stored and wait to be published. Default 100. Beyond: HTTP 503, nothing is changed.</summary>
    [Range(1, 10_000)]
    public int SmcEventsWaiting { get; init; } = 100;

    /// <summary>SMC logins, spread over 256 grains with an even share each. Default 65,536. Beyond: HTTP 503 at login.</summary>
    [Range(256, 10_000_000)]
    public int SmcLogins { get; init; } = 65_536;

    /// <summary>
    /// As <see cref="SmcLogins"/>, of one user, so that none takes the place of all. Default 4,096. Beyond: the one of the user's that was not used for
    /// the longest time ends.
    /// </summary>
    [Range(256, 10_000_000)]
    public int SmcLoginsPerUser { get; init; } = 4096;

    /// <summary>Subscriptions of one SMC notification socket. Default 256. Beyond: a <c>failure</c>; the socket and its subscriptions go on.</summary>
    [Range(1, 10_000)]
    public int SmcSubscriptionsPerSocket { get; init; } = 256;

    /// <summary>Personium boxes of a tenant in which anything was ever made. Default 1,000. Beyond: HTTP 400 <c>PR400-DV-0007</c>.</summary>
    [Range(1, 1_000_000)]
    public int PersoniumBoxes { get; init; } = 1000;

    /// <summary>Collections of one Personium box. Default 1,000. Beyond: HTTP 400 <c>PR400-DV-0007</c>. All of a box are stored as one.</summary>
    [Range(1, 100_000)]
    public int PersoniumCollections { get; init; } = 1000;

    /// <summary>Characters of properties and ACL of one Personium collection. Default 65,536. Beyond: HTTP 400 <c>PR400-DV-0007</c>.</summary>
    [Range(256, 1024 * 1024)]
    public int PersoniumCollectionBytes { get; init; } = 64 * 1024;

    /// <summary>Nesting of Personium collections. Default 20. Beyond: HTTP 400 <c>PR400-DV-0008</c>.</summary>
    [Range(1, 100)]
    public int PersoniumDepth { get; init; } = 20;

    /// <summary>Messages of a Personium queue that wait to be read; where <see cref="LogMessages"/> is less, that counts. Default 1,000. Beyond: HTTP 503, nothing is sent.</summary>
    [Range(1, 10_000_000)]
    public int PersoniumQueueMessages { get; init; } = 1000;

    /// <summary>How long a message of a Personium queue waits to be read; where <see cref="LogAge"/> is less, that counts. Default 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "366.00:00:00")]
    public TimeSpan PersoniumQueueAge { get; init; } = TimeSpan.FromHours(1);
}
