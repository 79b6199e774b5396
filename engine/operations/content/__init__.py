"""A district's own content: packs and processes read from files, checked as one, and adopted."""
