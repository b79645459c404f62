"""Segments of customers, on what they answered too; and responses by their day, newest first."""

import sqlalchemy as sa
from alembic import op

from surveys.database import Document

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_FILED = ("customer", "invitation", "response")
_DAYS = ["survey_id", "day", "response_id", "touchpoint", "unit", "channel", "segment", "language", "quality"]


def upgrade() -> None:
    op.create_table(
        "segment",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("names", Document, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_segment")),
    )
    for table in _FILED:
        op.add_column(table, sa.Column("segment", sa.String(length=64), nullable=False, server_default=""))
    op.create_index("ix_response_days", "response", _DAYS)


def downgrade() -> None:
    op.drop_index("ix_response_days", "response")
    for table in _FILED:
        op.drop_column(table, "segment")
    op.drop_table("segment")
