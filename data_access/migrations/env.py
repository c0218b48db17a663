"""Run by Alembic; the connection, already in a transaction, comes from data_access.migrate."""

from __future__ import annotations

from alembic import context

from data_access.migrate import compares_type, includes_object
from data_access.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=includes_object,
    compare_type=compares_type,
    render_as_batch=context.config.attributes["connection"].dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
