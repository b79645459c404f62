"""What leaves the process is a row first; jobs; who wants digests, and where they go."""

import sqlalchemy as sa
from alembic import op

from surveys.database import Document, Identifier, Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WAITING = sa.text("sent_at IS NULL AND failed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("outbox_id", Identifier(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("payload", Document, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("taken_until", Moment(), nullable=True),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("failed_at", Moment(), nullable=True),
        sa.Column("last_error", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index("ix_outbox_waiting", "outbox", ["due_at"], sqlite_where=_WAITING, postgresql_where=_WAITING)
    op.create_table(
        "job",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("next_at", Moment(), nullable=False),
        sa.Column("taken_until", Moment(), nullable=True),
        sa.Column("ran_at", Moment(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job")),
    )
    op.create_table(
        "digest_subscription",
        sa.Column("account_id", Identifier(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("frequency", sa.String(length=16), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], name=op.f("fk_digest_subscription_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_digest_subscription")),
    )
    op.add_column("account", sa.Column("email", sa.String(length=254), nullable=True))


def downgrade() -> None:
    op.drop_column("account", "email")
    op.drop_table("digest_subscription")
    op.drop_table("job")
    op.drop_index("ix_outbox_waiting", "outbox")
    op.drop_table("outbox")
