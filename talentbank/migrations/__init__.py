"""The schema's history: one file a change, up and down, on both engines."""
