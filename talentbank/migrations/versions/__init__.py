"""The versions, oldest first; each is frozen once released."""
