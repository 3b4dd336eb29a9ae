namespace Tidings.Grains.Logs;

/// <summary>
/// The scripts of the log: each is one atomic step in Redis (Redis documentation, "Scripting with Lua"). Numbers are compared as the
/// text Redis holds and written with <c>%.0f</c>, since Lua would print large ones as powers of ten. Entries hold the fields
/// <c>w</c> (writer), <c>q</c> (the tenant's sequence), <c>t</c> (time) and then those of <see cref="RedisLogEntry"/>, in this order.
/// Epochs, writer tokens and sequences follow Redis' clock, so that they keep growing when Redis comes back with older data or none.
/// </summary>
internal static class RedisLogScripts
{
    private const string Clock = """
        local function text(number) return string.format('%.0f', number) end
        local function micros()
          local time = redis.call('TIME')
          return tonumber(time[1]) * 1000000 + tonumber(time[2])
        end
        local function next_epoch(epoch)
          return text(math.max(math.floor(micros() / 1000), tonumber(epoch or 0) + 1))
        end
        local function next_writer(writer)
          return text(math.max(micros(), tonumber(writer or 0) + 1))
        end

        """;

    // Drops entries older than the cutoff from the front, about as many as the budget says, and answers the time of the oldest
    // entry left ('' when none is) and how many were dropped. An emptied stream is deleted: the head remembers.
    private const string DropOld = """
        local function drop_old(log, cutoff, budget)
          local dropped, oldest = 0, ''
          while dropped < budget do
            local page = redis.call('XRANGE', log, '-', '+', 'COUNT', 16)
            local old = 0
            while old < #page and tonumber(page[old + 1][2][6]) < cutoff do old = old + 1 end
            local left = redis.call('XLEN', log) - old
            dropped = dropped + old
            if left == 0 then
              redis.call('DEL', log)
              return '', dropped
            end
            if old > 0 then redis.call('XTRIM', log, 'MAXLEN', text(left)) end
            if old < #page then return page[old + 1][2][6], dropped end
            oldest = page[old][2][6]
          end
          return oldest, dropped
        end
        local function index_oldest(index, name, oldest)
          if oldest == '' then redis.call('ZREM', index, name) else redis.call('ZADD', index, oldest, name) end
        end

        """;

    // When a tenant's first log was begun, and the offset that new channels begin at: not 0 when somebody knows of an earlier birth.
    private const string BirthOf = """
        local function birth_of(key, known)
          local birth = redis.call('HMGET', key, 'at', 'base')
          if not birth[1] or (known ~= '' and known ~= birth[1] and birth[2] == '0') then
            local now = text(micros())
            birth = { birth[1] or now, known ~= '' and now or '0' }
            redis.call('HSET', key, 'at', birth[1], 'base', birth[2])
          end
          return birth
        end

        """;

    /// <summary>
    /// Lets a store that lost a tenant's logs know that there were some, so that channels begin as <see cref="Claim"/> says. Keys: birth.
    /// Arguments: the birth as the caller knows it. Answer: the birth.
    /// </summary>
    public const string Remind = Clock + BirthOf + """
        return birth_of(KEYS[1], ARGV[1])[1]
        """;

    /// <summary>
    /// Makes the caller the only writer. Keys: head, log, silos, oldest, used, forgotten, birth. Arguments: channel name, time, the
    /// birth of the tenant's logs as the caller knows it, or nothing, and how many channels the tenant may have.
    /// A head that is missing or does not end where the stream ends tells that something was lost: what the stream still holds is
    /// kept, under a new epoch. Where the tenant's logs were lost altogether, channels begin at an offset larger than any before, so
    /// that a place in an old log is never taken for one in a new log. Answer: epoch, writer, offset, silos, birth; nothing when the channel
    /// would be one too many.
    /// </summary>
    public const string Claim = Clock + DropOld + BirthOf + """
        local head = redis.call('HMGET', KEYS[1], 'epoch', 'writer', 'offset', 'oldest')
        local epoch, offset = head[1], head[3]
        local last = false
        if not epoch and not redis.call('ZSCORE', KEYS[5], ARGV[1]) and redis.call('ZCARD', KEYS[5]) >= tonumber(ARGV[4]) then return {} end
        redis.call('ZADD', KEYS[5], ARGV[2], ARGV[1])
        local birth = birth_of(KEYS[7], ARGV[3])
        if redis.call('EXISTS', KEYS[2]) == 1 then
          local info = redis.call('XINFO', 'STREAM', KEYS[2])
          for i = 1, #info, 2 do
            if info[i] == 'last-generated-id' then last = string.match(info[i + 1], '^%d+') end
          end
        end
        local writer = next_writer(head[2])
        local expected = head[4] and head[4] ~= '' and offset
        if epoch and expected == last then
          redis.call('HSET', KEYS[1], 'writer', writer)
        else
          local first = last and redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
          local oldest = first and first[2][6] or ''
          epoch, offset = next_epoch(epoch or redis.call('GET', KEYS[6])), first and last or offset or birth[2]
          redis.call('HSET', KEYS[1], 'epoch', epoch, 'writer', writer, 'offset', offset, 'oldest', oldest)
          index_oldest(KEYS[4], ARGV[1], oldest)
          if not first then redis.call('DEL', KEYS[2]) end
        end
        return { epoch, writer, offset, redis.call('SMEMBERS', KEYS[3]), birth[1] }
        """;

    /// <summary>
    /// Appends all messages or none. Keys: head, log, sequence, changed, oldest. Arguments: epoch, writer, head offset, cutoff of age,
    /// most entries, channel name, number of messages, time of the first, the age itself, and for each message the number of its fields'
    /// names and values, and these. A caller whose clock is ahead of Redis' drops no more than Redis' clock allows. The first write is XADD, which Redis refuses for lack of memory before anything is changed.
    /// Answer: <see cref="RedisAppendOutcome"/>.
    /// </summary>
    public const string Append = Clock + DropOld + """
        local epoch, writer, after, count = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[7])
        local head = redis.call('HMGET', KEYS[1], 'epoch', 'writer', 'offset', 'oldest')
        local mine = head[1] == epoch and head[2] == writer

        if not mine or head[3] ~= ARGV[3] then
          local last = text(after + count)
          if mine and head[3] == last then return 1 end
          if mine and tonumber(head[3]) < after then
            redis.call('HSET', KEYS[1], 'epoch', next_epoch(epoch), 'writer', next_writer(writer))
          end
          if head[1] ~= epoch or tonumber(head[3]) < after + count then return 2 end
          local entry = redis.call('XRANGE', KEYS[2], last .. '-0', last .. '-0')[1]
          if not entry then return 3 end
          return entry[2][2] == writer and 1 or 2
        end

        local sequence = text(math.max(micros(), tonumber(redis.call('GET', KEYS[3]) or 0) + 1))
        local at = 10
        for i = 1, count do
          local fields = tonumber(ARGV[at])
          redis.call('XADD', KEYS[2], text(after + i) .. '-0', 'w', writer, 'q', sequence, unpack(ARGV, at + 1, at + fields))
          at = at + fields + 1
        end
        if redis.call('XLEN', KEYS[2]) > tonumber(ARGV[5]) then redis.call('XTRIM', KEYS[2], 'MAXLEN', ARGV[5]) end

        local known, cutoff = head[4], math.min(tonumber(ARGV[4]), math.floor(micros() / 1000) - tonumber(ARGV[9]))
        local oldest = known == '' and ARGV[8] or known
        if tonumber(oldest) < cutoff then oldest = drop_old(KEYS[2], cutoff, 32 + count * 2) end
        if oldest ~= known then index_oldest(KEYS[5], ARGV[6], oldest) end

        redis.call('HSET', KEYS[1], 'offset', text(after + count), 'oldest', oldest, 'last', ARGV[8])
        redis.call('SET', KEYS[3], sequence)
        redis.call('ZADD', KEYS[4], sequence, ARGV[6])
        return 0
        """;

    /// <summary>
    /// Reads messages after an offset. Keys: head, log. Arguments: offset, limit, bytes after which to end. Answer: epoch,
    /// head offset, entries held, entries. Read in pages, so that large entries are not all fetched before they are counted.
    /// </summary>
    public const string Read = """
        local head = redis.call('HMGET', KEYS[1], 'epoch', 'offset')
        if not head[1] then return { '0', '0', 0, {} } end
        local entries, bytes, most = {}, 0, tonumber(ARGV[3])
        local from, left = tonumber(ARGV[1]) + 1, tonumber(ARGV[2])
        while left > 0 and bytes < most and from <= tonumber(head[2]) do
          local page = redis.call('XRANGE', KEYS[2], string.format('%.0f-0', from), '+', 'COUNT', math.min(left, 32))
          if #page == 0 then break end
          for _, entry in ipairs(page) do
            if bytes >= most then break end
            entries[#entries + 1] = entry
            for i = 2, #entry[2], 2 do bytes = bytes + #entry[2][i] end
          end
          from = tonumber(string.match(page[#page][1], '^%d+')) + 1
          left = left - #page
        end
        return { head[1], head[2], redis.call('XLEN', KEYS[2]), entries }
        """;

    /// <summary>
    /// Reads channels that changed after a point of the sequence. Keys: sequence, changed. Arguments: the point, limit.
    /// A point that was never reached belongs to a log that is gone: all channels are named. Answer: sequence, names.
    /// </summary>
    public const string ReadChanged = Clock + """
        local sequence, after = redis.call('GET', KEYS[1]) or '0', ARGV[1]
        if tonumber(after) > math.max(micros(), tonumber(sequence)) then after = '0' end
        local rows = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. after, '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[2] + 1)
        local names = {}
        for i = 1, math.min(#rows, ARGV[2] * 2), 2 do names[#names + 1] = rows[i] end
        if #rows > ARGV[2] * 2 then sequence = string.format('%.0f', tonumber(rows[ARGV[2] * 2])) end
        return { sequence, names }
        """;

    /// <summary>
    /// Finds the last entry logged at or before a point of the sequence. Keys: head, log. Arguments: the point. Answer: epoch, head
    /// offset, the entry's offset, or that before the oldest entry.
    /// </summary>
    public const string Find = """
        local head = redis.call('HMGET', KEYS[1], 'epoch', 'offset')
        if not head[1] then return { '0', '0', '0' } end
        local upper, oldest = '+', tonumber(head[2]) + 1
        while true do
          local page = redis.call('XREVRANGE', KEYS[2], upper, '-', 'COUNT', 64)
          for _, entry in ipairs(page) do
            oldest = tonumber(string.match(entry[1], '^%d+'))
            if tonumber(entry[2][4]) <= tonumber(ARGV[1]) then return { head[1], head[2], string.format('%.0f', oldest) } end
          end
          if #page < 64 then return { head[1], head[2], string.format('%.0f', oldest - 1) } end
          upper = string.format('%.0f-0', oldest - 1)
        end
        """;

    /// <summary>
    /// Drops old entries of one channel. Keys: head, log, oldest. Arguments: channel name, cutoff, budget. Answer: entries
    /// dropped.
    /// </summary>
    public const string Trim = Clock + DropOld + """
        local oldest, dropped = drop_old(KEYS[2], tonumber(ARGV[2]), tonumber(ARGV[3]))
        if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'oldest', oldest) end
        index_oldest(KEYS[3], ARGV[1], oldest)
        return dropped
        """;

    /// <summary>
    /// Forgets a channel that holds no entries, that no silo wants and that was last used before a cutoff; another one gets a later place in
    /// the index of use, so that it is not looked at again at once. Keys: head, log, silos, changed, used, forgotten. Arguments: channel name,
    /// cutoff, now. Answer: 1 if it was forgotten.
    /// </summary>
    public const string Forget = """
        local head = redis.call('HMGET', KEYS[1], 'epoch', 'last')
        local last = tonumber(head[2] or 0)
        if last >= tonumber(ARGV[2]) then
          redis.call('ZADD', KEYS[5], last, ARGV[1])
          return 0
        end
        if redis.call('EXISTS', KEYS[2], KEYS[3]) > 0 then
          redis.call('ZADD', KEYS[5], ARGV[3], ARGV[1])
          return 0
        end
        if tonumber(head[1] or 0) > tonumber(redis.call('GET', KEYS[6]) or 0) then redis.call('SET', KEYS[6], head[1]) end
        redis.call('DEL', KEYS[1])
        redis.call('ZREM', KEYS[4], ARGV[1])
        redis.call('ZREM', KEYS[5], ARGV[1])
        return 1
        """;
}
