"""Annotations on trends and benchmarks beside KPIs."""

import sqlalchemy as sa
from alembic import op

from surveys.database import Document, Identifier, Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _entered() -> list[sa.Column[object]]:
    return [
        sa.Column("entered_by", sa.String(length=128), nullable=False),
        sa.Column("entered_at", Moment(), nullable=False),
        sa.Column("withdrawn_by", sa.String(length=128), nullable=True),
        sa.Column("withdrawn_at", Moment(), nullable=True),
    ]


def upgrade() -> None:
    op.create_table(
        "annotation",
        sa.Column("annotation_id", Identifier(), nullable=False),
        sa.Column("survey_id", Identifier(), nullable=True),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("touchpoint", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("words", Document, nullable=False),
        *_entered(),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.survey_id"], name=op.f("fk_annotation_survey_id")),
        sa.PrimaryKeyConstraint("annotation_id", name=op.f("pk_annotation")),
    )
    op.create_table(
        "benchmark",
        sa.Column("benchmark_id", Identifier(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("series", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("names", Document, nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("source_date", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("differs", Document, nullable=False),
        *_entered(),
        sa.PrimaryKeyConstraint("benchmark_id", name=op.f("pk_benchmark")),
    )


def downgrade() -> None:
    op.drop_table("benchmark")
    op.drop_table("annotation")
