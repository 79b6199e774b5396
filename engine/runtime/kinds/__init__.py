"""The kinds of open steps: one file for each, with how it opens, what its end means and what it cancels."""
