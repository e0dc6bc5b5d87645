// Real sockets, ports and a machine of two cores: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
