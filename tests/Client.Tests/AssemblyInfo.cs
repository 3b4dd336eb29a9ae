// Servers of their own in each class; few at a time keep the machine's cores for what is measured in time.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
