"""Run by alembic: migrations go over the connection they are handed, in its transaction."""

from __future__ import annotations

from alembic import context

from storage.models import metadata
from storage.plan_tables import facts as _facts  # noqa: F401 - its tables join the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,  # SQLite alters tables by copying them
)
context.run_migrations()
