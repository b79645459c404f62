"""What the company counts elsewhere: metrics, their targets and their figures."""

import sqlalchemy as sa
from alembic import op

from surveys.database import Identifier, Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "operational_metric",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name_fa", sa.String(length=128), nullable=False),
        sa.Column("name_en", sa.String(length=128), nullable=False),
        sa.Column("explanation_fa", sa.String(length=1000), nullable=False),
        sa.Column("explanation_en", sa.String(length=1000), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("unit_fa", sa.String(length=32), nullable=False),
        sa.Column("unit_en", sa.String(length=32), nullable=False),
        sa.Column("census", sa.Boolean(), nullable=False),
        sa.Column("lower_is_better", sa.Boolean(), nullable=False),
        sa.Column("owner", sa.String(length=254), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("expected_every_days", sa.Integer(), nullable=False),
        sa.Column("kpi", sa.String(length=64), nullable=False),
        sa.Column("touchpoint", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_operational_metric")),
    )
    op.create_table(
        "operational_target",
        sa.Column("metric", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["metric"], ["operational_metric.code"], name=op.f("fk_operational_target_metric")),
        sa.PrimaryKeyConstraint("metric", "unit", "since", name=op.f("pk_operational_target")),
    )
    op.create_table(
        "operational_figure",
        sa.Column("figure_id", Identifier(), nullable=False),
        sa.Column("metric", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("batch", Identifier(), nullable=False),
        sa.ForeignKeyConstraint(["metric"], ["operational_metric.code"], name=op.f("fk_operational_figure_metric")),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_operational_figure_unit")),
        sa.PrimaryKeyConstraint("figure_id", name=op.f("pk_operational_figure")),
        sa.UniqueConstraint(
            "metric",
            "unit",
            "first_day",
            "last_day",
            "revision",
            name=op.f("uq_operational_figure_metric_unit_first_day_last_day_revision"),
        ),
    )


def downgrade() -> None:
    op.drop_table("operational_figure")
    op.drop_table("operational_target")
    op.drop_table("operational_metric")
