"""A database kept whole in one file, and such a file back in a database."""
