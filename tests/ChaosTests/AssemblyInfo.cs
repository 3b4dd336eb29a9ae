// Redis' troubles are long waits of little load: two at a time. What measures pauses wants the machine for itself (Alone).
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
