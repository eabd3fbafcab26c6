"""Run by alembic: migrations go over the connection they are handed, in its transaction."""

from __future__ import annotations

from alembic import context

from storage.models import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,  # SQLite alters tables by copying them
)
context.run_migrations()
