using Microsoft.Extensions.ObjectPool;

namespace Tidings.Gateway.Sessions;

/// <summary>Lists of waiting items, pooled so that an idle session owns none.</summary>
internal static class OutboxLists
{
    private const int LargestKept = 256;
    private static readonly ObjectPool<List<OutboxItem>> Pool = new DefaultObjectPool<List<OutboxItem>>(new Policy(), 4096);

    public static List<OutboxItem> Get() => Pool.Get();

    public static void Return(List<OutboxItem> list) => Pool.Return(list);

    private sealed class Policy : PooledObjectPolicy<List<OutboxItem>>
    {
        public override List<OutboxItem> Create() => [];

        public override bool Return(List<OutboxItem> list)
        {
            list.Clear();
            return list.Capacity <= LargestKept;
        }
    }
}
