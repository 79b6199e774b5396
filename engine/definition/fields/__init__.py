"""Fields of a form: what may stand in them, how a fill is read and checked, and what is said of it."""
