"""What developers run to make files of the project or to look at it; nothing of it is installed."""
