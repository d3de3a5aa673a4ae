"""Replay many deliveries at once, and follow how far that is; seal what is kept of an answer.

Revision: 0004
Revises: 0003
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute("UPDATE tentatives SET reponse = ''")
    op.alter_column("tentatives", "reponse", type_=sa.String(length=1400), existing_nullable=False)
    op.create_table(
        "rejeux",
        sa.Column("rejeu_id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("portee", sa.String(length=10), nullable=False),
        sa.Column("depuis", sa.DateTime(timezone=True), nullable=False),
        sa.Column("jusqu_a", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("demande_le", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("portee IN ('echecs', 'tout')", name=op.f("ck_rejeux_portee")),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhooks.webhook_id"], name=op.f("fk_rejeux_webhook_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("rejeu_id", name=op.f("pk_rejeux")),
    )
    op.create_index("ix_rejeux_webhook", "rejeux", ["webhook_id", "rejeu_id"], unique=False)
    op.add_column("livraisons", sa.Column("rejeu_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_livraisons_rejeu", "livraisons", ["rejeu_id"], unique=False, postgresql_where=sa.text("rejeu_id IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_livraisons_rejeu", table_name="livraisons", postgresql_where=sa.text("rejeu_id IS NOT NULL"))
    op.drop_column("livraisons", "rejeu_id")
    op.drop_index("ix_rejeux_webhook", table_name="rejeux")
    op.drop_table("rejeux")
    op.execute("UPDATE tentatives SET reponse = ''")
    op.alter_column("tentatives", "reponse", type_=sa.String(length=200), existing_nullable=False)
