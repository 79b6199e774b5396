"""What happened to a case, event by event, in sentences of both languages."""
