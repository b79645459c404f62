"""The six-lessons programme: evidence, judgements, measured values, actions, and quarters that nobody can change."""

import sqlalchemy as sa
from alembic import op

from surveys.database import Document, Identifier, Moment

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "criterion_evidence",
        sa.Column("criterion", sa.String(8), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("gathered_at", Moment(), nullable=False),
        sa.Column("document", Document, nullable=False),
        sa.PrimaryKeyConstraint("criterion", "day", name=op.f("pk_criterion_evidence")),
    )
    op.create_table(
        "judgement",
        sa.Column("judgement_id", Identifier(), nullable=False),
        sa.Column("criterion", sa.String(8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("file_name", sa.String(128), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=True),
        sa.Column("judged_by", sa.String(128), nullable=False),
        sa.Column("judged_at", Moment(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.String(128), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("judgement_id", name=op.f("pk_judgement")),
    )
    op.create_index("ix_judgement_criterion", "judgement", ["criterion", "judgement_id"])
    op.create_table(
        "measured_value",
        sa.Column("value_id", Identifier(), nullable=False),
        sa.Column("criterion", sa.String(8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("file_name", sa.String(128), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=True),
        sa.Column("entered_by", sa.String(128), nullable=False),
        sa.Column("entered_at", Moment(), nullable=False),
        sa.Column("withdrawn_by", sa.String(128), nullable=True),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("value_id", name=op.f("pk_measured_value")),
    )
    op.create_index("ix_measured_value_criterion", "measured_value", ["criterion", "day"])
    op.create_table(
        "programme_action",
        sa.Column("action_id", Identifier(), nullable=False),
        sa.Column("criterion", sa.String(8), nullable=False),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("expected", sa.String(300), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("created_by", sa.String(128), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("done_by", sa.String(128), nullable=True),
        sa.Column("result", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("action_id", name=op.f("pk_programme_action")),
    )
    op.create_index("ix_programme_action_criterion", "programme_action", ["criterion", "action_id"])
    op.create_table(
        "programme_snapshot",
        sa.Column("quarter", sa.String(16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("taken_at", Moment(), nullable=False),
        sa.Column("taken_by", sa.String(128), nullable=False),
        sa.Column("document", Document, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("quarter", name=op.f("pk_programme_snapshot")),
    )


def downgrade() -> None:
    for table in ("programme_snapshot", "programme_action", "measured_value", "judgement", "criterion_evidence"):
        op.drop_table(table)
