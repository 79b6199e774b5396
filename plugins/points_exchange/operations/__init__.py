"""What is done with the rows of points: the ledger, what is kept, what counted, what can be read and must hold."""
