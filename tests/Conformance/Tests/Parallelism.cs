// A run keeps the machine busy with all its cases at once; two runs beside each other would disturb each other's timing.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
