"""Pure numbers: features in, points and reasons out. No session, no clock, no web."""
