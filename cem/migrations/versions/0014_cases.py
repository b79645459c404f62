"""Closed loop: alert rules, cases, recovery, causes and improvements."""

import sqlalchemy as sa
from alembic import op

from surveys.database import Document, Identifier, Moment

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Each way to narrow down the list of cases, in its order.
OPEN, OVER = "closed_at IS NULL", "closed_at IS NOT NULL"
NARROWED = ["severity", "status", "kind", "touchpoint", "closed_at"]
LISTS: dict[str, tuple[list[str], str]] = {
    "ix_customer_case_due": (["due_at", "case_id", *NARROWED, "unit", "owner"], OPEN),
    "ix_customer_case_unit_due": (["unit", "due_at", "case_id", *NARROWED, "owner"], OPEN),
    "ix_customer_case_owner_due": (["owner", "due_at", "case_id", *NARROWED, "unit"], OPEN),
    **{
        f"ix_customer_case_{column}_due": ([column, "due_at", "case_id"], OPEN)
        for column in ("severity", "status", "kind", "touchpoint")
    },
    "ix_customer_case_unowned_due": (["due_at", "case_id"], f"{OPEN} AND owner IS NULL"),
    "ix_customer_case_closed": (["closed_at", "case_id"], OVER),
    "ix_customer_case_unit_closed": (["unit", "closed_at", "case_id"], OVER),
    "ix_customer_case_owner_closed": (["owner", "closed_at", "case_id"], OVER),
}


def upgrade() -> None:
    op.create_table(
        "alert_rule",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", Document, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_alert_rule")),
    )
    op.create_table(
        "alert_rule_version",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", Document, nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_alert_rule_version")),
    )
    op.create_table(
        "alert_run",
        sa.Column("run_id", Identifier(), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("survey_id", Identifier(), nullable=True),
        sa.Column("response_id", Identifier(), nullable=True),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("case_id", Identifier(), nullable=True),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_alert_run")),
    )
    op.create_index("ix_alert_run_at", "alert_run", ["at", "run_id"], unique=False)
    op.create_index(op.f("ix_alert_run_case_id"), "alert_run", ["case_id"], unique=False)
    op.create_index("ix_alert_run_rule_at", "alert_run", ["rule", "at", "run_id"], unique=False)
    op.create_table(
        "case_numbers",
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("counted_at", Moment(), nullable=False),
        sa.Column("document", Document, nullable=False),
        sa.PrimaryKeyConstraint("unit", "days", name=op.f("pk_case_numbers")),
    )
    op.create_table(
        "case_signal",
        sa.Column("survey_id", Identifier(), nullable=False),
        sa.Column("response_id", Identifier(), nullable=False),
        sa.Column("case_id", Identifier(), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "response_id", name=op.f("pk_case_signal")),
    )
    op.create_index(op.f("ix_case_signal_case_id"), "case_signal", ["case_id"], unique=False)
    op.create_table(
        "case_terms",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", Document, nullable=False),
        sa.Column("set_at", Moment(), nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_case_terms")),
    )
    op.create_table(
        "cause",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("parent", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("names", Document, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["parent"], ["cause.code"], name=op.f("fk_cause_parent")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_cause")),
    )
    op.create_table(
        "customer_case",
        sa.Column("case_id", Identifier(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("survey_id", Identifier(), nullable=True),
        sa.Column("response_id", Identifier(), nullable=True),
        sa.Column("customer_id", Identifier(), nullable=True),
        sa.Column("touchpoint", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("segment", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("wanted", sa.String(length=300), nullable=False),
        sa.Column("series", sa.String(length=64), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("contact_allowed", sa.Boolean(), nullable=False),
        sa.Column("reply_channel", sa.String(length=8), nullable=False),
        sa.Column("reply_address", sa.String(length=254), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("acknowledge_due", Moment(), nullable=False),
        sa.Column("acknowledged_at", Moment(), nullable=True),
        sa.Column("contact_due", Moment(), nullable=False),
        sa.Column("contacted_at", Moment(), nullable=True),
        sa.Column("resolve_from", Moment(), nullable=False),
        sa.Column("resolve_due", Moment(), nullable=False),
        sa.Column("resolved_at", Moment(), nullable=True),
        sa.Column("waiting_since", Moment(), nullable=True),
        sa.Column("promised_at", Moment(), nullable=True),
        sa.Column("confirmed_at", Moment(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("cause", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("no_reply_reason", sa.String(length=300), nullable=False),
        sa.Column("merged_into", Identifier(), nullable=True),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("reopened_at", Moment(), nullable=True),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("escalate_at", Moment(), nullable=True),
        sa.Column("escalated", Document, nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_customer_case")),
        sa.UniqueConstraint("number", name=op.f("uq_customer_case_number")),
    )
    op.create_index("ix_customer_case_cause", "customer_case", ["cause", "unit", "opened_at"], unique=False)
    op.create_index("ix_customer_case_customer", "customer_case", ["customer_id", "opened_at"], unique=False)
    op.create_index(
        "ix_customer_case_escalate",
        "customer_case",
        ["escalate_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_customer_case_opened", "customer_case", ["opened_at", "case_id"], unique=False)
    for name, (columns, where) in LISTS.items():
        op.create_index(
            name, "customer_case", columns, unique=False, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
        )
    op.create_index("ix_customer_case_unit_opened", "customer_case", ["unit", "opened_at", "case_id"], unique=False)
    op.create_index(
        "uq_customer_case_open",
        "customer_case",
        ["customer_id", "touchpoint"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL AND customer_id IS NOT NULL"),
        postgresql_where=sa.text("closed_at IS NULL AND customer_id IS NOT NULL"),
    )
    op.create_table(
        "remedy",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("names", Document, nullable=False),
        sa.Column("own_limit", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_remedy")),
    )
    op.create_table(
        "reply_template",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("names", Document, nullable=False),
        sa.Column("texts", Document, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_reply_template")),
    )
    op.create_table(
        "case_event",
        sa.Column("event_id", Identifier(), nullable=False),
        sa.Column("case_id", Identifier(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("details", Document, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["customer_case.case_id"], name=op.f("fk_case_event_case_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_case_event")),
    )
    op.create_index("ix_case_event_case_id", "case_event", ["case_id", "event_id"], unique=False)
    op.create_table(
        "case_message",
        sa.Column("message_id", Identifier(), nullable=False),
        sa.Column("case_id", Identifier(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_by", sa.String(length=8), nullable=False),
        sa.Column("read_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["customer_case.case_id"], name=op.f("fk_case_message_case_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_case_message")),
    )
    op.create_index("ix_case_message_case_id", "case_message", ["case_id", "message_id"], unique=False)
    op.create_table(
        "case_remedy",
        sa.Column("remedy_id", Identifier(), nullable=False),
        sa.Column("case_id", Identifier(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("offered_at", Moment(), nullable=False),
        sa.Column("offered_by", sa.String(length=64), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["customer_case.case_id"], name=op.f("fk_case_remedy_case_id")),
        sa.ForeignKeyConstraint(["code"], ["remedy.code"], name=op.f("fk_case_remedy_code")),
        sa.PrimaryKeyConstraint("remedy_id", name=op.f("pk_case_remedy")),
    )
    op.create_index(op.f("ix_case_remedy_case_id"), "case_remedy", ["case_id"], unique=False)
    op.create_table(
        "case_task",
        sa.Column("task_id", Identifier(), nullable=False),
        sa.Column("case_id", Identifier(), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("done_by", sa.String(length=64), nullable=True),
        sa.Column("result", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["customer_case.case_id"], name=op.f("fk_case_task_case_id")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_case_task")),
    )
    op.create_index(op.f("ix_case_task_case_id"), "case_task", ["case_id"], unique=False)
    op.create_index(op.f("ix_case_task_unit"), "case_task", ["unit"], unique=False)
    op.create_table(
        "case_view",
        sa.Column("case_id", Identifier(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("first_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["customer_case.case_id"], name=op.f("fk_case_view_case_id")),
        sa.PrimaryKeyConstraint("case_id", "account", "day", name=op.f("pk_case_view")),
    )
    op.create_table(
        "commendation",
        sa.Column("commendation_id", Identifier(), nullable=False),
        sa.Column("case_id", Identifier(), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("named", sa.String(length=128), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["customer_case.case_id"], name=op.f("fk_commendation_case_id")),
        sa.PrimaryKeyConstraint("commendation_id", name=op.f("pk_commendation")),
    )
    op.create_index(op.f("ix_commendation_case_id"), "commendation", ["case_id"], unique=False)
    op.create_table(
        "recovery",
        sa.Column("case_id", Identifier(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=True),
        sa.Column("survey_id", Identifier(), nullable=True),
        sa.Column("invitation_id", Identifier(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("after", sa.Integer(), nullable=True),
        sa.Column("resolved", sa.Boolean(), nullable=True),
        sa.Column("effort", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["customer_case.case_id"], name=op.f("fk_recovery_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_recovery")),
    )
    op.create_index("ix_recovery_survey_id", "recovery", ["survey_id", "invitation_id"], unique=False)
    op.create_index(
        "ix_recovery_waiting",
        "recovery",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("asked_at IS NULL"),
        postgresql_where=sa.text("asked_at IS NULL"),
    )
    op.create_table(
        "root_cause",
        sa.Column("root_cause_id", Identifier(), nullable=False),
        sa.Column("cause", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("counted", Document, nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("whys", Document, nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("closed_by", sa.String(length=64), nullable=True),
        sa.Column("conclusion", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["cause"], ["cause.code"], name=op.f("fk_root_cause_cause")),
        sa.PrimaryKeyConstraint("root_cause_id", name=op.f("pk_root_cause")),
    )
    op.create_index(
        "uq_root_cause_open",
        "root_cause",
        ["cause", "unit"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "absence",
        sa.Column("absence_id", Identifier(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("deputy", sa.String(length=64), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.name"], name=op.f("fk_absence_account")),
        sa.ForeignKeyConstraint(["deputy"], ["account.name"], name=op.f("fk_absence_deputy")),
        sa.PrimaryKeyConstraint("absence_id", name=op.f("pk_absence")),
    )
    op.create_index(op.f("ix_absence_account"), "absence", ["account"], unique=False)
    op.create_table(
        "improvement",
        sa.Column("improvement_id", Identifier(), nullable=False),
        sa.Column("root_cause_id", Identifier(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("survey_id", Identifier(), nullable=True),
        sa.Column("series", sa.String(length=64), nullable=False),
        sa.Column("touchpoint", sa.String(length=64), nullable=False),
        sa.Column("expected", sa.Double(), nullable=True),
        sa.Column("control_units", Document, nullable=False),
        sa.Column("told", Document, nullable=False),
        sa.Column("told_at", Moment(), nullable=True),
        sa.Column("raised", sa.Integer(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("effect", sa.Double(), nullable=True),
        sa.Column("effect_low", sa.Double(), nullable=True),
        sa.Column("effect_high", sa.Double(), nullable=True),
        sa.Column("effect_n", sa.Integer(), nullable=True),
        sa.Column("measured_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["root_cause_id"], ["root_cause.root_cause_id"], name=op.f("fk_improvement_root_cause_id")
        ),
        sa.PrimaryKeyConstraint("improvement_id", name=op.f("pk_improvement")),
    )
    op.create_index(op.f("ix_improvement_root_cause_id"), "improvement", ["root_cause_id"], unique=False)
    op.create_table(
        "closure_notice",
        sa.Column("improvement_id", Identifier(), nullable=False),
        sa.Column("case_id", Identifier(), nullable=False),
        sa.Column("told_at", Moment(), nullable=True),
        sa.Column("sent_by", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["customer_case.case_id"], name=op.f("fk_closure_notice_case_id")),
        sa.ForeignKeyConstraint(
            ["improvement_id"], ["improvement.improvement_id"], name=op.f("fk_closure_notice_improvement_id")
        ),
        sa.PrimaryKeyConstraint("improvement_id", "case_id", name=op.f("pk_closure_notice")),
    )
    op.create_index(
        "ix_closure_notice_waiting",
        "closure_notice",
        ["improvement_id", "case_id"],
        unique=False,
        sqlite_where=sa.text("told_at IS NULL"),
        postgresql_where=sa.text("told_at IS NULL"),
    )
    op.create_table(
        "cause_count",
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("cause", sa.String(length=64), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("counted_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("days", "unit", "cause", name=op.f("pk_cause_count")),
    )


def downgrade() -> None:
    op.drop_table("cause_count")
    op.drop_index(
        "ix_closure_notice_waiting",
        table_name="closure_notice",
        sqlite_where=sa.text("told_at IS NULL"),
        postgresql_where=sa.text("told_at IS NULL"),
    )
    op.drop_table("closure_notice")
    op.drop_index(op.f("ix_improvement_root_cause_id"), table_name="improvement")
    op.drop_table("improvement")
    op.drop_index(op.f("ix_absence_account"), table_name="absence")
    op.drop_table("absence")
    op.drop_index(
        "uq_root_cause_open",
        table_name="root_cause",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_table("root_cause")
    op.drop_index(
        "ix_recovery_waiting",
        table_name="recovery",
        sqlite_where=sa.text("asked_at IS NULL"),
        postgresql_where=sa.text("asked_at IS NULL"),
    )
    op.drop_index("ix_recovery_survey_id", table_name="recovery")
    op.drop_table("recovery")
    op.drop_index(op.f("ix_commendation_case_id"), table_name="commendation")
    op.drop_table("commendation")
    op.drop_table("case_view")
    op.drop_index(op.f("ix_case_task_unit"), table_name="case_task")
    op.drop_index(op.f("ix_case_task_case_id"), table_name="case_task")
    op.drop_table("case_task")
    op.drop_index(op.f("ix_case_remedy_case_id"), table_name="case_remedy")
    op.drop_table("case_remedy")
    op.drop_index("ix_case_message_case_id", table_name="case_message")
    op.drop_table("case_message")
    op.drop_index("ix_case_event_case_id", table_name="case_event")
    op.drop_table("case_event")
    op.drop_table("reply_template")
    op.drop_table("remedy")
    op.drop_index(
        "uq_customer_case_open",
        table_name="customer_case",
        sqlite_where=sa.text("closed_at IS NULL AND customer_id IS NOT NULL"),
        postgresql_where=sa.text("closed_at IS NULL AND customer_id IS NOT NULL"),
    )
    for name in LISTS:
        op.drop_index(name, table_name="customer_case")
    op.drop_index("ix_customer_case_unit_opened", table_name="customer_case")
    op.drop_index("ix_customer_case_opened", table_name="customer_case")
    op.drop_index(
        "ix_customer_case_escalate",
        table_name="customer_case",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_index("ix_customer_case_customer", table_name="customer_case")
    op.drop_index("ix_customer_case_cause", table_name="customer_case")
    op.drop_table("customer_case")
    op.drop_table("cause")
    op.drop_table("case_terms")
    op.drop_index(op.f("ix_case_signal_case_id"), table_name="case_signal")
    op.drop_table("case_signal")
    op.drop_table("case_numbers")
    op.drop_index("ix_alert_run_rule_at", table_name="alert_run")
    op.drop_index(op.f("ix_alert_run_case_id"), table_name="alert_run")
    op.drop_index("ix_alert_run_at", table_name="alert_run")
    op.drop_table("alert_run")
    op.drop_table("alert_rule")
