"""One file per step kind: how it opens, and what its end means."""
