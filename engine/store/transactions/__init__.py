"""Transactions: one runner, the connection it borrows, and those who share it."""
