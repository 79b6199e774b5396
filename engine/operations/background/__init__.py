"""Jobs at work: claimed one by one, run inside the database or carried out of the machine."""
