using System.Reflection;

namespace Tidings.Gateway.Tests.Sessions.Models;

/// <summary>A session's grain that knows how to attach and to park, and whose calls and answers can be lost.</summary>
public class ModelGrain : DispatchProxy
{
    private ModelSilo? _silo;

    internal static ISessionGrain Of(ModelSilo silo)
    {
        var grain = Create<ISessionGrain, ModelGrain>();
        ((ModelGrain)(object)grain)._silo = silo;
        return grain;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
    {
        nameof(ISessionGrain.Attach) => Call(() => _silo!.Attach((long)args![1]!, (SessionHandover?)args[2])),
        nameof(ISessionGrain.Park) => Call(() => _silo!.Park((long)args![1]!, (SessionHandover)args[2]!)),
        _ => throw new NotSupportedException(targetMethod.Name),
    };

    private Task<T> Call<T>(Func<T> call)
    {
        var fault = _silo!.TakeFault();
        if (fault == CallFault.CallLost)
        {
            return Task.FromException<T>(new TimeoutException("The call was lost."));
        }

        if (fault == CallFault.Late)
        {
            _silo.HoldUp(() => call());
            return Task.FromException<T>(new TimeoutException("The call is late."));
        }

        var answer = call();
        return fault == CallFault.AnswerLost ? Task.FromException<T>(new TimeoutException("The answer was lost.")) : Task.FromResult(answer);
    }
}
