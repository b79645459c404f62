"""The first tables."""

import sqlalchemy as sa
from alembic import op

from surveys.database import Document, Identifier, Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_api_key")),
        sa.UniqueConstraint("name", name=op.f("uq_api_key_name")),
    )
    op.create_table(
        "audit_event",
        sa.Column("event_id", Identifier(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("details", Document, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_audit_event")),
    )
    op.create_table(
        "customer",
        sa.Column("customer_id", Identifier(), nullable=False),
        sa.Column("reference", sa.String(length=128), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("opted_out_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customer")),
    )
    op.create_table(
        "draft",
        sa.Column("survey_id", Identifier(), nullable=False),
        sa.Column("response_id", Identifier(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("answers", Document, nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "response_id", name=op.f("pk_draft")),
    )
    op.create_table(
        "invitation",
        sa.Column("survey_id", Identifier(), nullable=False),
        sa.Column("invitation_id", Identifier(), nullable=False),
        sa.Column("customer_id", Identifier(), nullable=False),
        sa.Column("encounter_id", Identifier(), nullable=True),
        sa.Column("touchpoint", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("survey_id", "invitation_id", name=op.f("pk_invitation")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index("ix_invitation_survey_id_customer_id", ["survey_id", "customer_id"], unique=False)

    op.create_table(
        "journey",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("names", Document, nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_journey")),
    )
    op.create_table(
        "survey",
        sa.Column("survey_id", Identifier(), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("survey_id", name=op.f("pk_survey")),
        sa.UniqueConstraint("slug", name=op.f("uq_survey_slug")),
    )
    op.create_table(
        "tally",
        sa.Column("survey_id", Identifier(), nullable=False),
        sa.Column("series", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("touchpoint", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("c0", sa.Integer(), nullable=False),
        sa.Column("c1", sa.Integer(), nullable=False),
        sa.Column("c2", sa.Integer(), nullable=False),
        sa.Column("c3", sa.Integer(), nullable=False),
        sa.Column("c4", sa.Integer(), nullable=False),
        sa.Column("c5", sa.Integer(), nullable=False),
        sa.Column("c6", sa.Integer(), nullable=False),
        sa.Column("c7", sa.Integer(), nullable=False),
        sa.Column("c8", sa.Integer(), nullable=False),
        sa.Column("c9", sa.Integer(), nullable=False),
        sa.Column("c10", sa.Integer(), nullable=False),
        sa.Column("not_applicable", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "survey_id", "series", "day", "touchpoint", "unit", "channel", "quality", name=op.f("pk_tally")
        ),
    )
    op.create_table(
        "unit",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("parent", sa.String(length=64), nullable=True),
        sa.Column("names", Document, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["parent"], ["unit.code"], name=op.f("fk_unit_parent")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_unit")),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_parent"), ["parent"], unique=False)

    op.create_table(
        "account",
        sa.Column("account_id", Identifier(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("full_name", sa.String(length=128), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", Moment(), nullable=True),
        sa.Column("disabled_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_account_unit")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account")),
        sa.UniqueConstraint("name", name=op.f("uq_account_name")),
    )
    op.create_table(
        "encounter",
        sa.Column("customer_id", Identifier(), nullable=False),
        sa.Column("encounter_id", Identifier(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("touchpoint", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("occurred_at", Moment(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("survey_id", Identifier(), nullable=True),
        sa.Column("invitation_id", Identifier(), nullable=True),
        sa.Column("not_invited", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.customer_id"], name=op.f("fk_encounter_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", "encounter_id", name=op.f("pk_encounter")),
    )
    with op.batch_alter_table("encounter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_encounter_encounter_id"), ["encounter_id"], unique=False)

    op.create_table(
        "kpi_target",
        sa.Column("survey_id", Identifier(), nullable=False),
        sa.Column("series", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.survey_id"], name=op.f("fk_kpi_target_survey_id")),
        sa.PrimaryKeyConstraint("survey_id", "series", "unit", "valid_from", name=op.f("pk_kpi_target")),
    )
    op.create_table(
        "stage",
        sa.Column("journey", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("names", Document, nullable=False),
        sa.ForeignKeyConstraint(["journey"], ["journey.code"], name=op.f("fk_stage_journey")),
        sa.PrimaryKeyConstraint("journey", "code", name=op.f("pk_stage")),
    )
    op.create_table(
        "survey_version",
        sa.Column("survey_id", Identifier(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", Document, nullable=False),
        sa.Column("published_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.survey_id"], name=op.f("fk_survey_version_survey_id")),
        sa.PrimaryKeyConstraint("survey_id", "version", name=op.f("pk_survey_version")),
    )
    op.create_table(
        "touchpoint",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("names", Document, nullable=False),
        sa.Column("journey", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("standard", Document, nullable=False),
        sa.Column("transactional_survey", Identifier(), nullable=True),
        sa.Column("feedback_survey", Identifier(), nullable=True),
        sa.ForeignKeyConstraint(["journey"], ["journey.code"], name=op.f("fk_touchpoint_journey")),
        sa.ForeignKeyConstraint(["owner"], ["unit.code"], name=op.f("fk_touchpoint_owner")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_touchpoint")),
    )
    with op.batch_alter_table("touchpoint", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_touchpoint_journey"), ["journey"], unique=False)
        batch_op.create_index(batch_op.f("ix_touchpoint_owner"), ["owner"], unique=False)

    op.create_table(
        "browser_session",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_id", Identifier(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], name=op.f("fk_browser_session_account_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_browser_session")),
    )
    with op.batch_alter_table("browser_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_browser_session_account_id"), ["account_id"], unique=False)

    op.create_table(
        "response",
        sa.Column("survey_id", Identifier(), nullable=False),
        sa.Column("response_id", Identifier(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("touchpoint", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("signals", Document, nullable=False),
        sa.Column("has_comment", sa.Boolean(), nullable=False),
        sa.Column("answers", Document, nullable=False),
        sa.Column("submitted_at", Moment(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["survey_id", "version"],
            ["survey_version.survey_id", "survey_version.version"],
            name=op.f("fk_response_survey_id_version"),
        ),
        sa.PrimaryKeyConstraint("survey_id", "response_id", name=op.f("pk_response")),
    )
    with op.batch_alter_table("response", schema=None) as batch_op:
        batch_op.create_index(
            "ix_response_comments",
            ["survey_id", "response_id"],
            unique=False,
            sqlite_where=sa.text("has_comment"),
            postgresql_where=sa.text("has_comment"),
        )


def downgrade() -> None:
    with op.batch_alter_table("response", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_response_comments", sqlite_where=sa.text("has_comment"), postgresql_where=sa.text("has_comment")
        )

    op.drop_table("response")
    with op.batch_alter_table("browser_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_browser_session_account_id"))

    op.drop_table("browser_session")
    with op.batch_alter_table("touchpoint", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_touchpoint_owner"))
        batch_op.drop_index(batch_op.f("ix_touchpoint_journey"))

    op.drop_table("touchpoint")
    op.drop_table("survey_version")
    op.drop_table("stage")
    op.drop_table("kpi_target")
    with op.batch_alter_table("encounter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_encounter_encounter_id"))

    op.drop_table("encounter")
    op.drop_table("account")
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_parent"))

    op.drop_table("unit")
    op.drop_table("tally")
    op.drop_table("survey")
    op.drop_table("journey")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index("ix_invitation_survey_id_customer_id")

    op.drop_table("invitation")
    op.drop_table("draft")
    op.drop_table("customer")
    op.drop_table("audit_event")
    op.drop_table("api_key")
