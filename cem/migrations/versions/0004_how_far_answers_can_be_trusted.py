"""Decisions on the quality of answers, the rules behind them, repeats, and the population's margins."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from surveys.database import Identifier, Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_FLAGGED: dict[str, Any] = {"sqlite_where": sa.text("signals <> '[]'"), "postgresql_where": sa.text("signals <> '[]'")}


def upgrade() -> None:
    op.create_table(
        "quality_decision",
        sa.Column("survey_id", Identifier(), nullable=False),
        sa.Column("response_id", Identifier(), nullable=False),
        sa.Column("decision_id", Identifier(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("by_rule", sa.Boolean(), nullable=False),
        sa.Column("was", sa.String(length=16), nullable=False),
        sa.Column("became", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "response_id", "decision_id", name=op.f("pk_quality_decision")),
    )
    op.create_index("ix_quality_decision_survey_id_at", "quality_decision", ["survey_id", "at"])
    op.create_table(
        "quality_rule",
        sa.Column("survey_id", Identifier(), nullable=False),
        sa.Column("signal", sa.String(length=32), nullable=False),
        sa.Column("marks", sa.Boolean(), nullable=False),
        sa.Column("threshold", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.survey_id"], name=op.f("fk_quality_rule_survey_id")),
        sa.PrimaryKeyConstraint("survey_id", "signal", name=op.f("pk_quality_rule")),
    )
    op.create_table(
        "repeat_way",
        sa.Column("survey_id", Identifier(), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("chosen_at", Moment(), nullable=False),
        sa.Column("chosen_by", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.survey_id"], name=op.f("fk_repeat_way_survey_id")),
        sa.PrimaryKeyConstraint("survey_id", name=op.f("pk_repeat_way")),
    )
    op.create_table(
        "population_margin",
        sa.Column("survey_id", Identifier(), nullable=False),
        sa.Column("dimension", sa.String(length=32), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("amount", sa.Double(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "dimension", "category", name=op.f("pk_population_margin")),
    )
    op.create_index("ix_response_signals", "response", ["survey_id", "day"], **_FLAGGED)


def downgrade() -> None:
    op.drop_index("ix_response_signals", "response", **_FLAGGED)
    op.drop_table("population_margin")
    op.drop_table("repeat_way")
    op.drop_table("quality_rule")
    op.drop_index("ix_quality_decision_survey_id_at", "quality_decision")
    op.drop_table("quality_decision")
