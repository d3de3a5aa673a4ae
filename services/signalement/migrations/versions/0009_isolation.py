"""Row-level security on every table, who is in an association's space, and what is looked for beyond a territory.

Revision: 0009
Revises: 0008
"""

from collections.abc import Sequence

from alembic import op

from common.policies import (
    DOSSIER,
    IDENTITE,
    ORGANISATION,
    PERSONNE,
    TOUS,
    exists,
    protect,
    protect_common_tables,
    role,
    territoire,
    unprotect,
    unprotect_common_tables,
)

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = (
    *("sessions", "brouillons", "acces", "recuperations", "documents_morceaux", "documents", "messages", "consentements"),
    *("orientations", "diagnostics", "personnes", "associations", "contacts", "declarants", "dossiers", "partenaires"),
    "dispositifs",
)

# Whoever was removed from an association's people sees nothing from the commit on, whatever its session still says.
MON_DOSSIER = f"""
CREATE FUNCTION mon_dossier() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT dossier_id FROM personnes
    WHERE dossier_id = {DOSSIER} AND 'dirigeant:' || id = {IDENTITE} AND retiree_le IS NULL
$$
"""  # noqa: S608 - constants.
# The policy of cases may not ask for changes of address, whose own asks for cases.
EN_RECUPERATION = """
CREATE FUNCTION en_recuperation(dossier uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM recuperations WHERE dossier_id = dossier)
$$
"""
# Open cases of other territories with the same number: where and under which reference, and nothing of what they say.
DOUBLONS_AILLEURS = f"""
CREATE FUNCTION doublons_ailleurs(dossier uuid)
RETURNS TABLE (id uuid, reference text, departement text, etat text, meme_siren boolean, meme_rna boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT d.id, d.reference::text, d.departement::text, d.etat::text, a.siren = s.siren, a.rna = s.rna
    FROM associations s JOIN dossiers ici ON ici.id = s.dossier_id
    JOIN associations a ON a.siren = s.siren OR a.rna = s.rna
    JOIN dossiers d ON d.id = a.dossier_id
    WHERE s.dossier_id = dossier AND {territoire("ici.departement")}
        AND d.id <> dossier AND d.etat <> 'clos' AND NOT {territoire("d.departement")}
    ORDER BY d.id LIMIT 20
$$
"""  # noqa: S608 - constants.

LE_MIEN = "(SELECT mon_dossier())"
# Where the regional cell works for which a manager acts.
_CELLULE = f"p.id = {ORGANISATION} AND p.type_partenaire = 'cellule' AND p.actif AND {role('manager')}"
CELLULE = f"(SELECT p.departements FROM partenaires p WHERE {_CELLULE})"  # noqa: S608 - constants.


def _ici(table: str) -> str:
    return exists(f"dossiers d WHERE d.id = {table}.dossier_id AND {territoire('d.departement')}")


def _du_cas(table: str) -> str:
    """Whether a row is of the association's own case, or of one in the animateur's territory."""
    return f"dossier_id = {LE_MIEN} OR {_ici(table)}"


def upgrade() -> None:
    for definition in (MON_DOSSIER, EN_RECUPERATION, DOUBLONS_AILLEURS):
        op.execute(definition)
    protect_common_tables(audit=_du_cas("audit_entries"))
    for table in ("partenaires", "dispositifs"):
        protect(table, TOUS)
    ses_sessions = f"acteur_id = {IDENTITE}"
    protect("sessions", ses_sessions, change=ses_sessions)
    # Forms are filed and codes are typed before anybody acts: the hub itself does both.
    protect("brouillons", PERSONNE)
    # The manager of the regional cell confirms changes of address, and knows of the cases that have one.
    de_sa_cellule = f"departement = ANY ({CELLULE}::varchar[])"
    ici = territoire("departement")
    lisible = f"{ici} OR id = {LE_MIEN} OR ({de_sa_cellule} AND en_recuperation(id))"
    # The association holds its case while it writes to it; only the cell changes it.
    protect("dossiers", lisible, hold=f"{ici} OR id = {LE_MIEN}", change=ici)
    for table in ("associations", "contacts", "declarants", "orientations", "diagnostics"):
        protect(table, _du_cas(table))
    le_mien = f"dossier_id = {LE_MIEN}"
    protect("consentements", _du_cas("consentements"), change=le_mien)
    protect("documents", _du_cas("documents"), change=le_mien, add=le_mien)
    du_document = "documents d WHERE d.id = documents_morceaux.document_id"
    protect("documents_morceaux", exists(du_document), add=exists(f"{du_document} AND d.dossier_id = {LE_MIEN}"))
    protect("messages", _du_cas("messages"), add=f"auteur_id = {IDENTITE} AND ({_du_cas('messages')})")
    protect("acces", _du_cas("acces"), add=_du_cas("acces"))
    _recuperations(le_mien)


def _recuperations(le_mien: str) -> None:
    """People and changes of their addresses: the cell's, and of the association's people each its own."""
    la_sienne = f"({le_mien} AND 'dirigeant:' || personne_id = {IDENTITE})"
    de_la_cellule = exists("dossiers d WHERE d.id = recuperations.dossier_id")
    suivies = f"{la_sienne} OR ({role('animateur', 'manager')} AND {de_la_cellule})"
    protect("recuperations", suivies, change=suivies, add=_ici("recuperations"))
    en_cause = f"({role('manager')} AND {exists('recuperations r WHERE r.personne_id = personnes.id')})"
    connues = f"{_du_cas('personnes')} OR {en_cause}"
    protect("personnes", connues, hold=connues, change=le_mien, add=le_mien)


def downgrade() -> None:
    for table in TABLES:
        unprotect(table)
    unprotect_common_tables()
    for fonction in ("doublons_ailleurs(uuid)", "en_recuperation(uuid)", "mon_dossier()"):
        op.execute(f"DROP FUNCTION {fonction}")
