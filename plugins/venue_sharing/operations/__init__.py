"""What is done with the rows of venues: bookings, a data file read in, and what must hold of them."""
