"""Lists and look-ups over the rows."""
