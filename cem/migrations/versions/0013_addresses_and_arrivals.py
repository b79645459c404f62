"""Where customers are reached, and the responses that nobody has looked at yet."""

import sqlalchemy as sa
from alembic import op

from surveys.database import Identifier

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "arrival",
        sa.Column("survey_id", Identifier(), nullable=False),
        sa.Column("response_id", Identifier(), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "response_id", name=op.f("pk_arrival")),
    )
    op.create_table(
        "reply_address",
        sa.Column("survey_id", Identifier(), nullable=False),
        sa.Column("response_id", Identifier(), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "response_id", name=op.f("pk_reply_address")),
    )
    op.create_table(
        "contact_detail",
        sa.Column("customer_id", Identifier(), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.customer_id"], name=op.f("fk_contact_detail_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", "channel", name=op.f("pk_contact_detail")),
    )


def downgrade() -> None:
    op.drop_table("contact_detail")
    op.drop_table("reply_address")
    op.drop_table("arrival")
