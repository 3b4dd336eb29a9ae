// Each test class starts a handful of processes; side by side they would only wait for each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
