"""Let a partner without an account take note by its link, and the cell write down what a recipient said.

Revision: 0013
Revises: 0012
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from common.policies import LIEN, ORGANISATION, exists, territoire

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

RECU = f"destinataire_id = {ORGANISATION}"
ICI = exists(f"territoires t WHERE t.dossier_id = retraits.dossier_id AND {territoire('t.departement')}")
ATTEND = f"etat = 'a_confirmer' AND {ICI}"
# Whoever acts by a link bears the id of the withdrawal.
PAR_LIEN = f"consentement_id = {LIEN}"
# What the cell has written down it sees, or it could not write it; and it writes nothing else.
ECRIT = f"oral AND {ICI}"
CONNU = f"""
    SELECT EXISTS (SELECT FROM orientations_suivies o
            WHERE o.dossier_id = dossier AND {ORGANISATION} IN (o.partenaire_id, o.emetteur_id))
        OR EXISTS (SELECT FROM retraits r WHERE r.dossier_id = dossier AND r.destinataire_id = {ORGANISATION})
"""  # noqa: S608 - constants.
CONNU_PAR_LIEN = f"""
        OR EXISTS (SELECT FROM retraits r WHERE r.dossier_id = dossier AND r.consentement_id = {LIEN})
"""


def _cas_connu(connu: str) -> None:
    op.execute(f"""
        CREATE OR REPLACE FUNCTION cas_connu(dossier uuid) RETURNS boolean
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $${connu}$$
    """)


def _policies(lire: str, tenir: str, changer: str) -> None:
    op.execute(f"ALTER POLICY lire ON retraits USING ({lire})")
    op.execute(f"ALTER POLICY changer ON retraits USING ({tenir}) WITH CHECK ({changer})")


def upgrade() -> None:
    op.add_column("retraits", sa.Column("oral", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_check_constraint(op.f("ck_retraits_oral"), "retraits", "NOT oral OR etat = 'confirme'")
    visibles = f"{RECU} OR {PAR_LIEN} OR ({ATTEND}) OR ({ECRIT})"
    _policies(visibles, visibles, f"{RECU} OR {PAR_LIEN} OR ({ECRIT})")
    _cas_connu(CONNU + CONNU_PAR_LIEN)


def downgrade() -> None:
    _cas_connu(CONNU)
    _policies(f"{RECU} OR ({ATTEND})", RECU, RECU)
    op.drop_column("retraits", "oral")
