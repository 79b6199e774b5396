"""What a process does: pure functions from (definition, state, command, facts) to events, and from events to state."""
