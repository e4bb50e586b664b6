"""The web application: desks, forms, views and routes."""
