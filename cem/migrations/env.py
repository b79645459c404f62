"""Alembic's entry: it works on the connection that `upgrade` hands over, and on no other."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON

from cem.models import metadata
from surveys.database import Identifier, Moment


def render_item(_: str, item: Any, __: AutogenContext) -> str | Literal[False]:
    """Our own types by their own names."""
    if isinstance(item, Identifier | Moment):
        return f"{type(item).__name__}()"
    return "Document" if isinstance(item, JSON) else False


connection = context.config.attributes["connection"]
# SQLite changes a column by copying its table, which alembic calls a batch.
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    render_item=render_item,
    compare_type=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
