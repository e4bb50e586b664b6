"""Alembic's entry: runs the migrations over a connection that the caller hands in."""

import sqlmodel  # noqa: F401  column types in the versions need it
from alembic import context
from sqlmodel import SQLModel

import models.all_tables  # noqa: F401  registers every noun's table

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
