"""One open referral at a time for an exclusive dispositif, and referrals that wait for the end of another.

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

ETATS = (
    "apres_etat IN ('brouillon', 'envoyee', 'recue', 'complement_demande', 'acceptee', 'demarree', "
    "'aboutie', 'non_aboutie', 'declinee', 'retiree', 'expiree')"
)
OUVERTE = sa.text("exclusif AND etat IN ('envoyee', 'recue', 'complement_demande', 'acceptee', 'demarree')")


def upgrade() -> None:
    op.add_column("orientations", sa.Column("apres_id", sa.Uuid(), nullable=True))
    op.add_column("orientations", sa.Column("apres_etat", sa.String(length=40), nullable=True))
    op.add_column("orientations", sa.Column("exclusif", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_foreign_key(op.f("fk_orientations_apres_id"), "orientations", "orientations", ["apres_id"], ["id"])
    op.create_check_constraint(op.f("ck_orientations_apres_etat"), "orientations", ETATS)
    op.create_index(
        "ix_orientations_suites", "orientations", ["apres_id"], unique=False, postgresql_where=sa.text("etat = 'brouillon'")
    )
    op.create_index(
        "ux_orientations_exclusive", "orientations", ["dossier_id", "dispositif"], unique=True, postgresql_where=OUVERTE
    )


def downgrade() -> None:
    op.drop_index("ux_orientations_exclusive", table_name="orientations", postgresql_where=OUVERTE)
    op.drop_index("ix_orientations_suites", table_name="orientations", postgresql_where=sa.text("etat = 'brouillon'"))
    op.drop_constraint(op.f("ck_orientations_apres_etat"), "orientations", type_="check")
    op.drop_constraint(op.f("fk_orientations_apres_id"), "orientations", type_="foreignkey")
    for column in ("exclusif", "apres_etat", "apres_id"):
        op.drop_column("orientations", column)
