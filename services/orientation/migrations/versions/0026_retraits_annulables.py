"""A removal that may be undone for a day: the address waits as long, and is forgotten afterwards.

Revision: 0026
Revises: 0025
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NOM = "ck_membres_courriel_oublie"


def upgrade() -> None:
    op.add_column("membres", sa.Column("retire_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f(NOM), "membres")
    op.create_check_constraint(op.f(NOM), "membres", "actif OR courriel = '' OR saisi_at IS NULL OR retire_at IS NOT NULL")
    op.create_check_constraint(op.f("ck_membres_retrait"), "membres", "retire_at IS NULL OR NOT actif")
    op.create_index("ix_membres_retires", "membres", ["retire_at"], postgresql_where=sa.text("retire_at IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("ix_membres_retires", "membres")
    op.drop_constraint(op.f("ck_membres_retrait"), "membres")
    op.execute("UPDATE membres SET courriel = '' WHERE NOT actif AND saisi_at IS NOT NULL")
    op.drop_constraint(op.f(NOM), "membres")
    op.create_check_constraint(op.f(NOM), "membres", "actif OR courriel = '' OR saisi_at IS NULL")
    op.drop_column("membres", "retire_at")
