// Clusters take their time to start, to lose a process and to stop, and little of the processors meanwhile: two at a time.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
