"""Partners: individuals, groups and firms that serve beside the stations."""
