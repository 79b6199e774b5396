"""Figures of speed and size, each beside the raw figure that the bare driver gives in the same run."""
