"""Row-level security on every table, and what is counted or looked for beyond it.

Revision: 0019
Revises: 0018
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from common.policies import (
    IDENTITE,
    ORGANISATION,
    PARTENAIRE,
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

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ENVOYEE_AU_PARTENAIRE = f"(partenaire_id = {PARTENAIRE} AND envoyee_at IS NOT NULL)"
SIENNES = f"{ENVOYEE_AU_PARTENAIRE} OR {territoire('departement')}"
DU_PARTENAIRE = f"partenaire_id = {ORGANISATION} AND {role('manager')}"
EDITEUR = f"{role('animateur')} AND {role('catalogue')}"
TABLES = (
    *("partenaires", "offres", "fiches", "absences", "dossiers", "consentements", "orientations"),
    *("jetons_vus", "complements", "rendez_vous", "creneaux", "affectations", "transferts", "lots"),
    *("dispositifs", "dispositifs_sources", "dispositifs_etat", "dispositifs_brouillons"),
)

TERME = sa.text("COALESCE(due_at, 'infinity'::timestamp with time zone)")
# The columns that the policy of referrals reads are in each index that is to be read alone.
INDEX: dict[str, tuple[list[Any], list[str], list[str]]] = {
    "ix_orientations_liste_departement": (["departement", "etat", TERME, "id"], ["due_at", "envoyee_at"], ["partenaire_id"]),
} | {
    f"ix_orientations_{nom}_{cle}": ([colonne, moment, "id"], ["etat", "motif", "reponse_jours", "jours", *avant], plus)
    for nom, moment in (("reponses", "repondue_at"), ("fins", "close_at"))
    for cle, colonne, avant, plus in (
        ("partenaire", "partenaire_id", [], ["departement", "envoyee_at"]),
        ("departement", "departement", ["partenaire_id"], ["envoyee_at"]),
    )
}

# A referral that changes has consequences for drafts that its own actor may not see.
PREVENIR_SUITES = """
CREATE FUNCTION prevenir_suites(attendue uuid, nouvel_etat text, terme timestamptz, tours jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE orientations SET apres_etat = nouvel_etat,
        due_at = CASE WHEN tours IS NULL THEN coalesce(terme, due_at) ELSE (tours ->> accord)::timestamptz END
    WHERE apres_id = attendue AND etat = 'brouillon'
$$
"""
AUTRE_OUVERTE = """
CREATE FUNCTION autre_ouverte(dossier uuid, vers text, sauf uuid, ouvertes text[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM orientations WHERE dossier_id = dossier AND dispositif = vers AND id <> sauf
        AND etat = ANY (ouvertes))
$$
"""
# What everybody may count, without a case or an identifier.
REPONSES_COMPTEES = """
CREATE VIEW reponses_comptees AS
    SELECT partenaire_id, dispositif, envoyee_at, repondue_at, etat = 'declinee' AS declinee
    FROM orientations WHERE repondue_at IS NOT NULL
"""
ENVOIS_COMPTES = """
CREATE VIEW envois_comptes AS
    SELECT o.emetteur_id, o.partenaire_id, p.partenaire_id AS precedent_id, o.departement, o.envoyee_at
    FROM orientations o LEFT JOIN orientations p ON p.id = o.predecesseur_id WHERE o.envoyee_at IS NOT NULL
"""


def _de_l_orientation(table: str) -> str:
    return exists(f"orientations o WHERE o.id = {table}.orientation_id")


def upgrade() -> None:
    _index(entiers=True)
    protect_common_tables()
    protect("jetons_vus", PERSONNE)
    # Public, and held by whoever is let into an organisation, before it acts for it.
    protect("partenaires", TOUS, change=TOUS)
    for table in ("offres", "fiches"):
        protect(table, TOUS, change=DU_PARTENAIRE, add=DU_PARTENAIRE)
    protect("absences", TOUS, change=DU_PARTENAIRE, add=DU_PARTENAIRE, remove=DU_PARTENAIRE)
    protect("orientations", SIENNES, change=SIENNES, add=territoire("departement"))
    # A partner knows of a case by a referral that was sent to it, and holds it where one dispositif is for one referral.
    recus = exists(f"orientations o WHERE o.dossier_id = dossiers.id AND {ENVOYEE_AU_PARTENAIRE}")
    connus = f"{territoire('departement')} OR ({PARTENAIRE} IS NOT NULL AND {recus})"
    protect("dossiers", connus, change=connus)
    territoriaux = exists(f"dossiers d WHERE d.id = consentements.dossier_id AND {territoire('d.departement')}")
    accords = f"destinataire_id = {PARTENAIRE} OR {territoriaux}"
    protect("consentements", accords, change=accords, add=accords)
    for table in ("complements", "rendez_vous", "transferts"):
        siens = _de_l_orientation(table)
        protect(table, siens, change=siens, add=siens)
    creneaux = exists("rendez_vous r WHERE r.id = creneaux.rendez_vous_id")
    protect("creneaux", creneaux, change=creneaux, add=creneaux)
    # Who follows a referral is known to its partner alone.
    suivies = exists(f"orientations o WHERE o.id = affectations.orientation_id AND o.partenaire_id = {PARTENAIRE}")
    protect("affectations", suivies, add=suivies)
    protect("lots", f"acteur_id = {IDENTITE}", change=f"acteur_id = {IDENTITE}", add=f"acteur_id = {IDENTITE}")
    protect("dispositifs", TOUS, add=EDITEUR)
    for table in ("dispositifs_sources", "dispositifs_etat"):
        protect(table, TOUS, change=EDITEUR, add=EDITEUR)
    protect("dispositifs_brouillons", EDITEUR, change=EDITEUR, add=EDITEUR, remove=EDITEUR)
    for definition in (PREVENIR_SUITES, AUTRE_OUVERTE, REPONSES_COMPTEES, ENVOIS_COMPTES):
        op.execute(definition)


def downgrade() -> None:
    for vue in ("envois_comptes", "reponses_comptees"):
        op.execute(f"DROP VIEW {vue}")
    op.execute("DROP FUNCTION autre_ouverte(uuid, text, uuid, text[])")
    op.execute("DROP FUNCTION prevenir_suites(uuid, text, timestamptz, jsonb)")
    for table in TABLES:
        unprotect(table)
    unprotect_common_tables()
    _index(entiers=False)


def _index(*, entiers: bool) -> None:
    for nom, (colonnes, avant, plus) in INDEX.items():
        moment = colonnes[1]
        condition = None if "liste" in nom else sa.text(f"{moment} IS NOT NULL AND envoyee_at IS NOT NULL")
        op.drop_index(nom, table_name="orientations")
        op.create_index(
            nom,
            "orientations",
            colonnes,
            postgresql_include=[*avant, *(plus if entiers else [])],
            postgresql_where=condition,
        )
