"""What the company's books say of its customers, so that a KPI can be linked with what they do next."""

import sqlalchemy as sa
from alembic import op

from surveys.database import Document, Identifier

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer_record",
        sa.Column("customer_id", Identifier(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("customer_since", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("purchases", sa.Integer(), nullable=False),
        sa.Column("first_purchase_on", sa.Date(), nullable=True),
        sa.Column("last_purchase_on", sa.Date(), nullable=True),
        sa.Column("spend", sa.Double(), nullable=False),
        sa.Column("margin", sa.Double(), nullable=False),
        sa.Column("category_spend", sa.Double(), nullable=True),
        sa.Column("need_segment", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.customer_id"], name=op.f("fk_customer_record_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", "day", name=op.f("pk_customer_record")),
    )
    op.create_table(
        "need_segment",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("names", Document, nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_need_segment")),
    )


def downgrade() -> None:
    op.drop_table("need_segment")
    op.drop_table("customer_record")
