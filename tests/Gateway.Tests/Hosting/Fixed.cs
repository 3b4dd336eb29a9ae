using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Tests.Hosting;

/// <summary>Options that do not change.</summary>
internal sealed class Fixed<T>(T options) : IOptionsMonitor<T>
{
    public T CurrentValue => options;

    public T Get(string? name) => options;

    public IDisposable? OnChange(Action<T, string?> listener) => null;
}
