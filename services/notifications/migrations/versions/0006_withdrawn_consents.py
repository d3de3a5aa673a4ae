"""Have each recipient take note of a withdrawn consent.

Revision: 0006
Revises: 0005
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "retraits",
        sa.Column("consentement_id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("destinataire_id", sa.Uuid(), nullable=False),
        sa.Column("retire_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("etat", sa.String(length=20), nullable=False),
        sa.Column("etapes", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirme_le", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirme_par", sa.String(length=200), nullable=True),
        sa.CheckConstraint("etat IN ('a_confirmer', 'confirme', 'sans_objet')", name=op.f("ck_retraits_etat")),
        sa.CheckConstraint("(etat = 'a_confirmer') = (due_at IS NOT NULL)", name=op.f("ck_retraits_echeance")),
        sa.CheckConstraint("(etat = 'confirme') = (confirme_le IS NOT NULL)", name=op.f("ck_retraits_confirmation")),
        sa.PrimaryKeyConstraint("consentement_id", name=op.f("pk_retraits")),
    )
    op.create_index("ix_retraits_destinataire", "retraits", ["destinataire_id", "retire_le"])
    op.create_index("ix_retraits_dossier", "retraits", ["dossier_id"])
    op.create_index("ix_retraits_dus", "retraits", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL"))


def downgrade() -> None:
    op.drop_table("retraits")
