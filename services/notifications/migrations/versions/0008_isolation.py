"""Row-level security on every table, and of which cases an organisation may know the reference.

Revision: 0008
Revises: 0007
"""

from collections.abc import Sequence

from alembic import op

from common.policies import (
    IDENTITE,
    ORGANISATION,
    PARTENAIRE,
    PERSONNE,
    ROLES,
    TOUS,
    exists,
    protect,
    protect_common_tables,
    role,
    territoire,
    unprotect,
    unprotect_common_tables,
)

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = (
    *("faits", "courriels", "lecteurs", "lectures", "desinscriptions", "retraits", "territoires", "orientations_suivies"),
    *("tentatives", "rejeux", "livraisons", "webhooks", "cellules"),
)

# The policy of withdrawals asks where a case is, and that of the cases may not ask for withdrawals in turn.
CAS_CONNU = f"""
CREATE FUNCTION cas_connu(dossier uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM orientations_suivies o
            WHERE o.dossier_id = dossier AND {ORGANISATION} IN (o.partenaire_id, o.emetteur_id))
        OR EXISTS (SELECT FROM retraits r WHERE r.dossier_id = dossier AND r.destinataire_id = {ORGANISATION})
$$
"""  # noqa: S608 - constants.
# Looked up once a statement: an organisation has a few endpoints, and each of them many deliveries.
SES_WEBHOOKS = "(SELECT array_agg(w.webhook_id) FROM webhooks w)"
CELLULE = f"(SELECT c.departements FROM cellules c WHERE c.partenaire_id = {ORGANISATION})"  # noqa: S608 - constants.


def upgrade() -> None:
    op.execute(CAS_CONNU)
    protect_common_tables()
    for table in ("faits", "orientations_suivies"):
        protect(table, PERSONNE)
    protect("cellules", TOUS)
    # A manager and the organisation's system: both say where it is delivered to.
    siens = f"partenaire_id = {PARTENAIRE} AND {role('manager', 'machine')}"
    protect("webhooks", siens, change=siens, add=siens, remove=siens)
    des_siens = f"webhook_id = ANY ({SES_WEBHOOKS}::uuid[])"
    protect("livraisons", des_siens, change=des_siens, add=des_siens)
    protect("rejeux", des_siens, add=des_siens)
    protect("tentatives", exists("livraisons l WHERE l.seq = tentatives.livraison_seq"))
    _des_membres()


def _des_membres() -> None:
    """What members are told, read and refuse, and the withdrawals of their organisation's consents."""
    a_ses_roles = f"organisation_id = {ORGANISATION} AND roles && {ROLES}::varchar[] AND NOT sauf && {ROLES}::varchar[]"
    sien = f"(membre_id IS NULL OR membre_id::text = {IDENTITE}) AND acteur_id IS DISTINCT FROM {IDENTITE}"
    protect("courriels", f"{a_ses_roles} AND {sien}")
    le_sien = f"membre_id = {IDENTITE}"
    protect("lecteurs", le_sien, change=le_sien, add=le_sien)
    for table in ("lectures", "desinscriptions"):
        protect(table, le_sien, add=le_sien, remove=le_sien)
    protect("territoires", f"{territoire('departement')} OR departement = ANY ({CELLULE}::varchar[]) OR cas_connu(dossier_id)")
    recu = f"destinataire_id = {ORGANISATION}"
    ici = exists(f"territoires t WHERE t.dossier_id = retraits.dossier_id AND {territoire('t.departement')}")
    protect("retraits", f"{recu} OR (etat = 'a_confirmer' AND {ici})", change=recu)


def downgrade() -> None:
    for table in TABLES:
        unprotect(table)
    unprotect_common_tables()
    op.execute("DROP FUNCTION cas_connu(uuid)")
