"""Claim what leaves alone before what was gathered, by an index.

Revision: 0011
Revises: 0010
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WAITING = sa.text("etat = 'en_attente' AND porteur IS NULL")


def upgrade() -> None:
    op.drop_index("ix_courriels_dus", table_name="courriels")
    op.create_index("ix_courriels_dus", "courriels", [sa.text("(pli IS NOT NULL)"), "due_at"], postgresql_where=WAITING)


def downgrade() -> None:
    op.drop_index("ix_courriels_dus", table_name="courriels")
    op.create_index("ix_courriels_dus", "courriels", ["due_at"], postgresql_where=WAITING)
