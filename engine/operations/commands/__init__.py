"""The life of one command: from what a person asked to the rows that remember it, in one transaction."""
