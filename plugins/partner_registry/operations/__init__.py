"""What is done with the rows of partners: the register, the diary of promised times, and a data file read in."""
