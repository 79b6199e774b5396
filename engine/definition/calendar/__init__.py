"""The working calendar: which days are worked, and the sheet that says so."""
