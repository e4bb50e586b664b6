"""Routes translate a form into one workflow call, and the result into a view."""
