"""District packs: what a district is, read from its files with every fault at once."""
