"""The worker: loops that let clocks ring, run jobs, carry messages out and seal the journal."""
