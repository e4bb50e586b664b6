"""Bank statements as pure functions: what a file says, and which line belongs to which movement in the books."""
