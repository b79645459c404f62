"""Comments are read: readings, corrections, the company's topics and the models."""

import sqlalchemy as sa
from alembic import op

from surveys.database import Document, Identifier, Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "comment_reading",
        sa.Column("survey_id", Identifier(), nullable=False),
        sa.Column("response_id", Identifier(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("touchpoint", sa.String(64), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("quality", sa.String(16), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("sentiment", sa.String(8), nullable=False),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("source", sa.String(8), nullable=False),
        sa.Column("by_score", sa.String(8), nullable=False),
        sa.Column("by_words", sa.String(8), nullable=False),
        sa.Column("conflict", sa.Boolean(), nullable=False),
        sa.Column("topics", Document, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("model_id", Identifier(), nullable=True),
        sa.Column("corrected", sa.Boolean(), nullable=False),
        sa.Column("read_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "response_id", name=op.f("pk_comment_reading")),
    )
    op.create_index(
        "ix_comment_reading_day",
        "comment_reading",
        [
            "survey_id",
            "day",
            "response_id",
            "quality",
            "unit",
            "touchpoint",
            "channel",
            "sentiment",
            "conflict",
            "language",
        ],
    )
    op.create_index("ix_comment_reading_fresh", "comment_reading", ["survey_id", "day", "corrected", "read_at"])
    op.create_table(
        "comment_correction",
        sa.Column("survey_id", Identifier(), nullable=False),
        sa.Column("response_id", Identifier(), nullable=False),
        sa.Column("correction_id", Identifier(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("sentiment", sa.String(8), nullable=False),
        sa.Column("topics", Document, nullable=False),
        sa.Column("replaced", Document, nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "response_id", "correction_id", name=op.f("pk_comment_correction")),
    )
    op.create_table(
        "topic",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("names", Document, nullable=False),
        sa.Column("words", Document, nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_topic")),
    )
    op.create_table(
        "text_model",
        sa.Column("model_id", Identifier(), nullable=False),
        sa.Column("trained_at", Moment(), nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("figures", Document, nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", Moment(), nullable=True),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("model_id", name=op.f("pk_text_model")),
    )


def downgrade() -> None:
    for table in ("text_model", "topic", "comment_correction", "comment_reading"):
        op.drop_table(table)
