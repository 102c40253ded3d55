"""Questions about many molecules: batches that fit the memory, runs that go on after a kill, several processes."""
