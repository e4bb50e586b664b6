"""Verbs of the counter: each function does one thing in the caller's transaction."""
