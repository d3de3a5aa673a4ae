"""Members who came back under another identifier of their provider, to be confirmed.

Revision: 0025
Revises: 0024
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from common.policies import ORGANISATION, protect, role, unprotect

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

DECIDEURS = f"{role('administrateur')} OR (partenaire_id = {ORGANISATION} AND {role('manager')})"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "comptes_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partenaire_id", sa.Uuid(), nullable=False),
        sa.Column("membre_id", sa.Uuid(), nullable=False),
        sa.Column("sub", sa.String(200), nullable=False),
        sa.Column("ancien_sub", sa.String(200), nullable=False),
        sa.Column("etat", sa.String(40), nullable=False),
        sa.Column("demande_at", moment, nullable=False),
        sa.Column("decide_at", moment, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("etat IN ('en_attente', 'confirme', 'refuse')", name=op.f("ck_comptes_changes_etat")),
        sa.CheckConstraint("(etat = 'en_attente') = (decide_at IS NULL)", name=op.f("ck_comptes_changes_decision")),
        sa.ForeignKeyConstraint(["membre_id"], ["membres.id"], name=op.f("fk_comptes_changes_membre_id")),
        sa.ForeignKeyConstraint(["partenaire_id"], ["partenaires.id"], name=op.f("fk_comptes_changes_partenaire_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comptes_changes")),
    )
    op.create_index("ux_comptes_changes_membre", "comptes_changes", ["membre_id", "sub"], unique=True)
    op.create_index("ix_comptes_changes_partenaire", "comptes_changes", ["partenaire_id", "demande_at"])
    # Added by the hub itself, at a sign-in.
    protect("comptes_changes", DECIDEURS, change=DECIDEURS)


def downgrade() -> None:
    unprotect("comptes_changes")
    op.drop_table("comptes_changes")
