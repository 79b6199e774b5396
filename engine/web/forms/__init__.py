"""Forms on pages: their inputs, what was typed into them, and what a page asks while one types."""
