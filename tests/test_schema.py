"""The schema keeps the rules that let it be distributed, and the migrations make exactly this schema."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Table, UniqueConstraint

from cem.models import metadata
from surveys.database import Database

# What grows with customers is led by the customer; what grows with responses by the survey.
BY_SURVEY = {
    "survey_version",
    "invitation",
    "draft",
    "response",
    "tally",
    "kpi_target",
    "quality_decision",
    "quality_rule",
    "repeat_way",
    "population_margin",
    "comment_reading",
    "comment_correction",
    "arrival",
    "reply_address",
    "case_signal",
}
BY_CUSTOMER = {"customer", "encounter", "customer_record", "contact_detail"}
# Small definitions that can be copied to every machine, and what belongs to the application's own people.
DEFINITIONS = {
    "survey",
    "unit",
    "segment",
    "journey",
    "stage",
    "touchpoint",
    "need_segment",
    "topic",
    "text_model",
    "account",
    "browser_session",
    "api_key",
    "annotation",
    "benchmark",
    "operational_metric",
    "operational_target",
    "opening_hours",
    "holiday",
}
APPENDED = {"audit_event", "operational_figure"}
# What the application sends and does for its own people: rows that come and go.
# What HR keeps of the people it pays: as many rows as there are employees and periods, never responses.
REWARDS = {
    "employee",
    "reward_plan",
    "plan_signature",
    "participant",
    "reward_run",
    "kpi_snapshot",
    "unit_result",
    "reward_amount",
    "run_approval",
    "integrity_hold",
    "appeal",
    "adjustment",
    "payroll_batch",
    "payroll_row",
    "reward_event",
    "statement_view",
}
# What is done about answers: as many rows as there are customers who need somebody.
CASES = {
    "alert_rule",
    "alert_rule_version",
    "alert_run",
    "customer_case",
    "case_event",
    "case_message",
    "case_task",
    "case_view",
    "remedy",
    "case_remedy",
    "reply_template",
    "absence",
    "case_terms",
    "recovery",
    "commendation",
    "case_numbers",
    "cause",
    "root_cause",
    "improvement",
    "closure_notice",
    "cause_count",
}
# What the company says of its own programme: a few rows a quarter, and one a day for each criterion.
PROGRAMME = {"criterion_evidence", "judgement", "measured_value", "programme_action", "programme_snapshot"}
WORK = {"outbox", "job", "digest_subscription"}


def keys(table: Table) -> list[list[str]]:
    """The columns of every primary key, unique constraint, unique index and foreign key."""
    unique = [[c.name for c in k.columns] for k in table.constraints if isinstance(k, UniqueConstraint)]
    indexes = [[c.name for c in i.columns] for i in table.indexes if i.unique]
    foreign = [[c.name for c in k.columns] for k in table.foreign_key_constraints]
    return [[c.name for c in table.primary_key.columns], *unique, *indexes, *foreign]


def test_every_table_has_its_place() -> None:
    """A new table says whether it grows with responses, with customers, or not."""
    assert set(metadata.tables) == BY_SURVEY | BY_CUSTOMER | DEFINITIONS | APPENDED | WORK | REWARDS | CASES | PROGRAMME


def test_survey_and_customer_lead_every_key() -> None:
    """The distribution column leads, so that a survey's or a customer's rows live together."""
    for leading, tables in (("survey_id", BY_SURVEY), ("customer_id", BY_CUSTOMER)):
        for name in tables:
            assert {key[0] for key in keys(metadata.tables[name])} == {leading}, name


def test_no_sequences() -> None:
    """Ids are made by the application: no column counts by itself."""
    counting = [
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if column.identity is not None or (column is table.autoincrement_column and column.autoincrement is True)
    ]

    assert counting == []


def test_migrations_make_this_schema(database: Database) -> None:
    """Upgrading an empty database leaves nothing for the models to differ in."""
    with database.writer.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, metadata) == []
