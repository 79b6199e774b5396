"""The tables: what the code says they are, and the migrations that make them."""
