"""The words of the process language: its keys, in both languages, and how a file in them is written."""
