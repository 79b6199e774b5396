"""The workflow engine: processes, cases, people and records; it knows nothing of any district's trade."""

__version__ = "0.1.0"
