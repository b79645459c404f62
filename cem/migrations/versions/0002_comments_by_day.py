"""Comments by the day of their answer: an old period and a rare filter no longer read every newer comment."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# As each database writes the condition of a query: SQLite takes no other wording for the same.
_WAS: dict[str, Any] = {"sqlite_where": sa.text("has_comment"), "postgresql_where": sa.text("has_comment")}
_IS: dict[str, Any] = {"sqlite_where": sa.text("has_comment = 1"), "postgresql_where": sa.text("has_comment")}


def upgrade() -> None:
    op.drop_index("ix_response_comments", "response", **_WAS)
    columns = ["survey_id", "day", "submitted_at", "response_id", "touchpoint", "unit", "channel", "quality"]
    op.create_index("ix_response_comments", "response", columns, **_IS)


def downgrade() -> None:
    op.drop_index("ix_response_comments", "response", **_IS)
    op.create_index("ix_response_comments", "response", ["survey_id", "response_id"], **_WAS)
