"""Rewards: employees, plans, participants, runs, snapshots, results, holds, appeals, adjustments and payroll."""

import sqlalchemy as sa
from alembic import op

from surveys.database import Document, Identifier, Moment

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "integrity_hold",
        sa.Column("hold_id", Identifier(), nullable=False),
        sa.Column("plan_code", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("measure", sa.String(length=64), nullable=False),
        sa.Column("signal", sa.String(length=32), nullable=False),
        sa.Column("evidence", Document, nullable=False),
        sa.Column("found_at", Moment(), nullable=False),
        sa.Column("found_by", sa.String(length=128), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decided_by", sa.String(length=128), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=True),
        sa.PrimaryKeyConstraint("hold_id", name=op.f("pk_integrity_hold")),
    )
    op.create_index("ix_integrity_hold_place", "integrity_hold", ["plan_code", "period", "unit"], unique=False)
    op.create_table(
        "reward_event",
        sa.Column("plan_code", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("document", Document, nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("plan_code", "number", name=op.f("pk_reward_event")),
    )
    op.create_table(
        "reward_plan",
        sa.Column("plan_id", Identifier(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("terms", Document, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("created_by", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_reward_plan")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_reward_plan_code_version")),
    )
    op.create_table(
        "plan_signature",
        sa.Column("plan_id", Identifier(), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("capacity", sa.String(length=16), nullable=False),
        sa.Column("signed_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["reward_plan.plan_id"], name=op.f("fk_plan_signature_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "account", name=op.f("pk_plan_signature")),
    )
    op.create_table(
        "reward_run",
        sa.Column("run_id", Identifier(), nullable=False),
        sa.Column("plan_id", Identifier(), nullable=False),
        sa.Column("plan_code", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("shadow", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("priors", Document, nullable=False),
        sa.Column("pool", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("locked_at", Moment(), nullable=True),
        sa.Column("calculated_at", Moment(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("factor", sa.Text(), nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["reward_plan.plan_id"], name=op.f("fk_reward_run_plan_id")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_reward_run")),
        sa.UniqueConstraint("plan_code", "period", "revision", name=op.f("uq_reward_run_plan_code_period_revision")),
    )
    op.create_table(
        "employee",
        sa.Column("employee_no", sa.String(length=32), nullable=False),
        sa.Column("full_name", sa.String(length=128), nullable=False),
        sa.Column("grade", sa.String(length=32), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("cost_centre", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["account.name"], name=op.f("fk_employee_account")),
        sa.PrimaryKeyConstraint("employee_no", name=op.f("pk_employee")),
        sa.UniqueConstraint("account", name=op.f("uq_employee_account")),
    )
    op.create_table(
        "kpi_snapshot",
        sa.Column("run_id", Identifier(), nullable=False),
        sa.Column("measure", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("document", Document, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["reward_run.run_id"], name=op.f("fk_kpi_snapshot_run_id")),
        sa.PrimaryKeyConstraint("run_id", "measure", "unit", name=op.f("pk_kpi_snapshot")),
    )
    op.create_table(
        "payroll_batch",
        sa.Column("batch_id", Identifier(), nullable=False),
        sa.Column("run_id", Identifier(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.String(length=128), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("acknowledged_at", Moment(), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=128), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["reward_run.run_id"], name=op.f("fk_payroll_batch_run_id")),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_payroll_batch")),
        sa.UniqueConstraint("run_id", name=op.f("uq_payroll_batch_run_id")),
    )
    op.create_table(
        "run_approval",
        sa.Column("run_id", Identifier(), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("approved_at", Moment(), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["reward_run.run_id"], name=op.f("fk_run_approval_run_id")),
        sa.PrimaryKeyConstraint("run_id", "step", name=op.f("pk_run_approval")),
        sa.UniqueConstraint("run_id", "account", name=op.f("uq_run_approval_run_id_account")),
    )
    op.create_table(
        "statement_view",
        sa.Column("view_id", Identifier(), nullable=False),
        sa.Column("run_id", Identifier(), nullable=False),
        sa.Column("employee_no", sa.String(length=32), nullable=False),
        sa.Column("viewer", sa.String(length=128), nullable=False),
        sa.Column("viewed_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["reward_run.run_id"], name=op.f("fk_statement_view_run_id")),
        sa.PrimaryKeyConstraint("view_id", name=op.f("pk_statement_view")),
    )
    op.create_table(
        "unit_result",
        sa.Column("run_id", Identifier(), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("score", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("trace", Document, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["reward_run.run_id"], name=op.f("fk_unit_result_run_id")),
        sa.PrimaryKeyConstraint("run_id", "unit", name=op.f("pk_unit_result")),
    )
    op.create_table(
        "participant",
        sa.Column("plan_code", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("employee_no", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("target_amount", sa.BigInteger(), nullable=False),
        sa.Column("eligible_days", sa.Integer(), nullable=False),
        sa.Column("share", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["employee_no"], ["employee.employee_no"], name=op.f("fk_participant_employee_no")),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_participant_unit")),
        sa.PrimaryKeyConstraint("plan_code", "period", "employee_no", "unit", name=op.f("pk_participant")),
    )
    op.create_table(
        "payroll_row",
        sa.Column("batch_id", Identifier(), nullable=False),
        sa.Column("employee_no", sa.String(length=32), nullable=False),
        sa.Column("component", sa.String(length=16), nullable=False),
        sa.Column("source", Identifier(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("cost_centre", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["payroll_batch.batch_id"], name=op.f("fk_payroll_row_batch_id")),
        sa.ForeignKeyConstraint(["employee_no"], ["employee.employee_no"], name=op.f("fk_payroll_row_employee_no")),
        sa.PrimaryKeyConstraint("batch_id", "employee_no", "component", "source", name=op.f("pk_payroll_row")),
        sa.UniqueConstraint(
            "component", "source", "employee_no", name=op.f("uq_payroll_row_component_source_employee_no")
        ),
    )
    op.create_table(
        "reward_amount",
        sa.Column("run_id", Identifier(), nullable=False),
        sa.Column("employee_no", sa.String(length=32), nullable=False),
        sa.Column("exact", sa.Text(), nullable=True),
        sa.Column("paid", sa.BigInteger(), nullable=True),
        sa.Column("trace", Document, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["employee_no"], ["employee.employee_no"], name=op.f("fk_reward_amount_employee_no")),
        sa.ForeignKeyConstraint(["run_id"], ["reward_run.run_id"], name=op.f("fk_reward_amount_run_id")),
        sa.PrimaryKeyConstraint("run_id", "employee_no", name=op.f("pk_reward_amount")),
    )
    op.create_table(
        "appeal",
        sa.Column("appeal_id", Identifier(), nullable=False),
        sa.Column("run_id", Identifier(), nullable=False),
        sa.Column("employee_no", sa.String(length=32), nullable=False),
        sa.Column("ground", sa.String(length=32), nullable=False),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("submitted_at", Moment(), nullable=False),
        sa.Column("acknowledged_at", Moment(), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=128), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decided_by", sa.String(length=128), nullable=True),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.String(length=2000), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id", "employee_no"],
            ["reward_amount.run_id", "reward_amount.employee_no"],
            name=op.f("fk_appeal_run_id_employee_no"),
        ),
        sa.PrimaryKeyConstraint("appeal_id", name=op.f("pk_appeal")),
    )
    op.create_index("ix_appeal_run", "appeal", ["run_id", "employee_no"], unique=False)
    op.create_table(
        "adjustment",
        sa.Column("adjustment_id", Identifier(), nullable=False),
        sa.Column("plan_code", sa.String(length=64), nullable=False),
        sa.Column("employee_no", sa.String(length=32), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("appeal_id", Identifier(), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("words", sa.String(length=400), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("requested_by", sa.String(length=128), nullable=False),
        sa.Column("requested_at", Moment(), nullable=False),
        sa.Column("first_approver", sa.String(length=128), nullable=True),
        sa.Column("second_approver", sa.String(length=128), nullable=True),
        sa.Column("refused_by", sa.String(length=128), nullable=True),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.appeal_id"], name=op.f("fk_adjustment_appeal_id")),
        sa.ForeignKeyConstraint(["employee_no"], ["employee.employee_no"], name=op.f("fk_adjustment_employee_no")),
        sa.PrimaryKeyConstraint("adjustment_id", name=op.f("pk_adjustment")),
    )


def downgrade() -> None:
    op.drop_table("adjustment")
    op.drop_index("ix_appeal_run", table_name="appeal")
    op.drop_table("appeal")
    op.drop_table("reward_amount")
    op.drop_table("payroll_row")
    op.drop_table("participant")
    op.drop_table("unit_result")
    op.drop_table("statement_view")
    op.drop_table("run_approval")
    op.drop_table("payroll_batch")
    op.drop_table("kpi_snapshot")
    op.drop_table("employee")
    op.drop_table("reward_run")
    op.drop_table("plan_signature")
    op.drop_table("reward_plan")
    op.drop_table("reward_event")
    op.drop_index("ix_integrity_hold_place", table_name="integrity_hold")
    op.drop_table("integrity_hold")
