"""Row-level security on people and systems: members, invitations, requests to join, sessions, clients.

Revision: 0023
Revises: 0022
"""

from collections.abc import Sequence

from alembic import op

from common.policies import IDENTITE, ORGANISATION, TOUS, protect, role, unprotect

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = ("membres", "invitations", "adhesions", "clients", "sessions")
DU_MANAGER = f"partenaire_id = {ORGANISATION} AND {role('manager')}"
GERENT = f"({DU_MANAGER}) OR {role('administrateur')}"

# A client of the provider acts for one organisation only: that it does is told, and not for which.
CLIENT_CONNU = """
CREATE FUNCTION client_connu(emetteur text, client text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM clients WHERE issuer = emetteur AND client_id = client AND actif)
$$
"""
# How many of those who follow a partner's referrals mails do not reach: for whoever sent one, a number and no name.
MEMBRES_INJOIGNABLES = """
CREATE FUNCTION membres_injoignables(partenaire uuid, OUT combien bigint, OUT membres bigint, OUT depuis timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(injoignable_depuis), count(*), min(injoignable_depuis) FROM membres
    WHERE partenaire_id = partenaire AND actif AND roles && ARRAY['agent', 'manager']::varchar[]
$$
"""


def upgrade() -> None:
    op.execute(CLIENT_CONNU)
    op.execute(MEMBRES_INJOIGNABLES)
    # Colleagues know each other; who manages the organisation, or gives it its first manager, decides.
    protect("membres", f"partenaire_id = {ORGANISATION} OR {role('administrateur')}", change=GERENT, add=GERENT)
    protect("invitations", GERENT, change=GERENT, add=GERENT)
    # Whoever asks to join, like whoever is invited or signs in, is nobody yet: the hub itself writes for it.
    protect("adhesions", GERENT, change=GERENT)
    protect("clients", DU_MANAGER, change=DU_MANAGER, add=DU_MANAGER)
    ses_sessions = f"acteur_id = {IDENTITE}"
    protect("sessions", ses_sessions, change=ses_sessions)
    # Nobody holds an organisation any more than who decides about it.
    unprotect("partenaires")
    siens = DU_MANAGER.replace("partenaire_id", "id")
    protect("partenaires", TOUS, hold=f"({siens}) OR {role('administrateur')}", change=siens)


def downgrade() -> None:
    unprotect("partenaires")
    protect("partenaires", TOUS, change=TOUS)
    for table in TABLES:
        unprotect(table)
    op.execute("DROP FUNCTION membres_injoignables(uuid)")
    op.execute("DROP FUNCTION client_connu(text, text)")
