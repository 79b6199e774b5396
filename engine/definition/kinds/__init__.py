"""The kinds of steps: one file for each, with its shape and all that the checks ask of it."""
