"""What people do: one function per verb; the only floor that opens a transaction or asks a permission."""
