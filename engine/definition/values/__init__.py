"""Values: their types, how people type them, how they are stored, and how people read them."""
