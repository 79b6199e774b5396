"""Accounts: log-ins, passwords, sessions and tokens, and who takes care of them."""
