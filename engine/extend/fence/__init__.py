"""The fence around a plugin's SQL: one plain statement over rows of one district in its own tables."""
