"""What the day of somebody is read along: the slots of a day, and the cases of a territory by state.

Revision: 0021
Revises: 0020
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_creneaux_debut", "creneaux", ["debut"])
    op.create_index("ix_dossiers_territoire", "dossiers", ["departement", "etat", "id"])


def downgrade() -> None:
    op.drop_index("ix_dossiers_territoire", "dossiers")
    op.drop_index("ix_creneaux_debut", "creneaux")
