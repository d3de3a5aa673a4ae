"""Which delays, offers and sheets a manager set in the portal: a file that is loaded again leaves them alone.

Revision: 0014
Revises: 0013
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COLONNES = (("partenaires", "saisi_at"), ("offres", "saisie_at"), ("fiches", "saisie_at"))


def upgrade() -> None:
    for table, colonne in COLONNES:
        op.add_column(table, sa.Column(colonne, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for table, colonne in COLONNES:
        op.drop_column(table, colonne)
