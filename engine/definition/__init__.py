"""What a process is: reading it, typing it, checking it; no database, no clock, no randomness."""
