using System.Reflection;
using StackExchange.Redis;

namespace Tidings.Grains.Logs;

/// <summary>What becomes of the next script that claims or appends.</summary>
internal enum RedisFault
{
    None,

    /// <summary>Redis never sees it.</summary>
    CallLost,

    /// <summary>Redis carries it out, and its answer is lost.</summary>
    AnswerLost,

    /// <summary>It seems lost, and is carried out after the next one. Claims are lost instead: a late one fences its own caller.</summary>
    Late,
}

/// <summary>A connection to Redis on which calls and answers can be lost.</summary>
internal sealed class FaultyRedis
{
    private readonly IDatabase _database;
    private RedisFault _fault;
    private Func<Task>? _late;

    public FaultyRedis(IConnectionMultiplexer redis)
    {
        _database = redis.GetDatabase();
        var database = Proxy.Of<IDatabase>((method, args) => method.Name == nameof(IDatabase.ScriptEvaluateAsync) && args[0] is string script
            ? EvaluateAsync(script, () => (Task<RedisResult>)method.Invoke(_database, args)!)
            : method.Invoke(_database, args));
        Connection = Proxy.Of<IConnectionMultiplexer>((method, args) => method.Name == nameof(IConnectionMultiplexer.GetDatabase) ? database : method.Invoke(redis, args));
    }

    public IConnectionMultiplexer Connection { get; }

    /// <summary>How a lost call or answer is seen.</summary>
    public Func<Exception> Loss { get; set; } = static () => new RedisTimeoutException("It was lost.", CommandStatus.Unknown);

    public void Fail(RedisFault fault) => _fault = fault;

    private async Task<RedisResult> EvaluateAsync(string script, Func<Task<RedisResult>> call)
    {
        if (script != RedisLogScripts.Append && script != RedisLogScripts.Claim)
        {
            return await call();
        }

        var fault = _fault;
        _fault = RedisFault.None;
        if (fault is RedisFault.CallLost or RedisFault.Late)
        {
            _late = fault == RedisFault.Late && script == RedisLogScripts.Append ? call : _late;
            throw Loss();
        }

        var answer = await call();
        var late = _late;
        _late = null;
        await (late?.Invoke() ?? Task.CompletedTask);
        return fault == RedisFault.AnswerLost ? throw Loss() : answer;
    }

    /// <summary>An interface whose calls a function answers.</summary>
    // Derived from at run time.
#pragma warning disable CA1852
    public class Proxy : DispatchProxy
    {
        private Func<MethodInfo, object?[], object?>? _answer;

        internal static T Of<T>(Func<MethodInfo, object?[], object?> answer) where T : class
        {
            var proxy = Create<T, Proxy>();
            ((Proxy)(object)proxy)._answer = answer;
            return proxy;
        }

        /// <inheritdoc/>
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer!(targetMethod!, args ?? []);
    }
#pragma warning restore CA1852
}
