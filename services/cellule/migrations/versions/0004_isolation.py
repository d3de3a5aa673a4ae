"""Row-level security on every table.

Revision: 0004
Revises: 0003
"""

from collections.abc import Sequence

from common.policies import (
    DOSSIER,
    ORGANISATION,
    TOUS,
    exists,
    protect,
    protect_common_tables,
    role,
    territoire,
    unprotect,
    unprotect_common_tables,
)

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = (
    *("diagnostic_validations", "diagnostic_versions", "diagnostics", "renvois", "cas"),
    *("journal", "partenaires", "dispositifs"),
)
# The national cell counts all cases and referrals, which bear no name; the content of diagnostics is not for it.
COMPTENT = role("national", "auditeur")
AUTEURS = role("animateur", "dirigeant")


def _membre(departement: str) -> str:
    """Whether an agent or manager acts for an organisation that is published for this département: a member of its cell."""
    lieu = f"p.partenaire_id = {ORGANISATION} AND p.actif AND {departement} = ANY (p.departements)"
    return f"({role('agent', 'manager')} AND {exists(f'partenaires p WHERE {lieu}')})"


def _du_cas(dossier_id: str, condition: str) -> str:
    return exists(f"cas c WHERE c.dossier_id = {dossier_id} AND {condition}")


def _lisible(d: str) -> str:
    """Whether the content of this diagnostic may be read: its territory, its case, and once it is shared the cell's members."""
    territorial = _du_cas(f"{d}.dossier_id", territoire("c.departement"))
    membre = f"({d}.etat = 'partage' AND {_du_cas(f'{d}.dossier_id', _membre('c.departement'))})"
    return f"({d}.dossier_id = {DOSSIER} OR {territorial} OR {membre})"


def upgrade() -> None:
    protect_common_tables()
    protect("partenaires", TOUS)
    protect("dispositifs", TOUS)
    protect("journal", role("auditeur"))
    # Whoever opens a diagnostic holds its case.
    ici = territoire("departement")
    protect("cas", f"{COMPTENT} OR {ici} OR dossier_id = {DOSSIER} OR {_membre('departement')}", change=ici)
    protect("renvois", f"{COMPTENT} OR {_du_cas('renvois.dossier_id', territoire('c.departement'))}")
    lisible = _lisible("diagnostics")
    auteur = f"{AUTEURS} AND {lisible}"
    ouvert_ici = _du_cas("diagnostics.dossier_id", territoire("c.departement"))
    protect("diagnostics", f"({COMPTENT} AND etat = 'partage') OR {lisible}", change=auteur, add=ouvert_ici)
    for table in ("diagnostic_versions", "diagnostic_validations"):
        lu = exists(f"diagnostics d WHERE d.id = {table}.diagnostic_id AND {_lisible('d')}")
        protect(table, lu, add=f"{AUTEURS} AND {lu}")


def downgrade() -> None:
    for table in TABLES:
        unprotect(table)
    unprotect_common_tables()
