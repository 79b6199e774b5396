"""Accounts as rows: who they are where, their sessions, tokens, wrong guesses, and the keys that sign cookies."""
