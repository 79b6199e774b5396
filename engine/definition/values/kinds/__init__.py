"""The kinds of values: one table, of which each row says all that there is to know about one field type."""
