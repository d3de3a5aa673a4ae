"""Row-level security for migrations: what a policy may ask of who acts, and `protect`, which forces it on a table.

Each condition below reads the setting of `common.isolation` in a sub-select of its own, so that PostgreSQL works it out once
a statement and not once a row; where nothing is set it is null, and no row passes.
"""

from alembic import op

from common.isolation import PARAMETRE, ROLE

TOUS, PERSONNE = "true", "false"
_ACTEUR = f"nullif(current_setting('{PARAMETRE}', true), '')::jsonb"

IDENTITE = f"(SELECT {_ACTEUR} ->> 'id')"
"""Who acts."""
ORGANISATION = f"(SELECT ({_ACTEUR} ->> 'organisation')::uuid)"
"""The organisation for which somebody acts, whatever the role."""
PARTENAIRE = f"(SELECT ({_ACTEUR} ->> 'partenaire')::uuid)"
"""The partner for which an agent, a manager or a machine acts."""
DOSSIER = f"(SELECT ({_ACTEUR} ->> 'dossier')::uuid)"
"""The case for which a dirigeant acts."""
LIEN = f"(SELECT ({_ACTEUR} ->> 'lien')::uuid)"
"""The link by which somebody acts who has no account."""
ROLES = f"(SELECT array_agg(t.un) FROM jsonb_array_elements_text({_ACTEUR} -> 'roles') AS t(un))"  # noqa: S608
"""The roles that who acts holds, as texts."""
_DEPARTEMENTS = f"(SELECT array_agg(t.un) FROM jsonb_array_elements_text({_ACTEUR} -> 'departements') AS t(un))"  # noqa: S608


def territoire(colonne: str) -> str:
    """Whether the département in that column is of the animateur's territory."""
    return f"{colonne}::text = ANY ({_DEPARTEMENTS}::text[])"


def role(*roles: str) -> str:
    """Whether who acts holds at least one of these roles."""
    return f"(SELECT jsonb_exists_any({_ACTEUR} -> 'roles', ARRAY[{', '.join(repr(str(r)) for r in roles)}]))"


def exists(rows: str) -> str:
    """Whether there is such a row: `parents p WHERE p.id = children.parent_id`, as far as the parents' own policy shows it.

    Looked up row by row in an index. EXISTS would let PostgreSQL read all parents at once where it expects many children.
    """
    return f"coalesce((SELECT true FROM {rows} LIMIT 1), false)"  # noqa: S608 - written in migrations.


def protect(
    table: str, read: str, *, hold: str = "", change: str = PERSONNE, add: str = PERSONNE, remove: str = PERSONNE
) -> None:
    """Force row-level security on a table: which rows an actor reads, changes or holds, adds, removes.

    The hub itself may do all of it. What may be changed, and held by FOR UPDATE, must also be readable. `hold`, where more
    rows are held than changed, says which are: those that may be changed among them.
    """
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY systeme ON {table} TO {ROLE} USING (true) WITH CHECK (true)")
    for name, command, using, check in (
        ("lire", "SELECT", read, ""),
        ("changer", "UPDATE", hold or change, change),
        ("ajouter", "INSERT", "", add),
        ("retirer", "DELETE", remove, ""),
    ):
        if (using or check) != PERSONNE:
            what = (f"USING ({using})" if using else "") + (f" WITH CHECK ({check})" if check else "")
            op.execute(f"CREATE POLICY {name} ON {table} FOR {command} {what}")


def unprotect(table: str) -> None:
    """Undo `protect`."""
    for name in ("systeme", "lire", "changer", "ajouter", "retirer"):
        op.execute(f"DROP POLICY IF EXISTS {name} ON {table}")
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY")


COMMON = ("outbox", "relay_state", "inbox", "dead_letters", "audit_entries", "idempotence")


def protect_common_tables(*, audit: str = PERSONNE) -> None:
    """The tables that every service has: anybody's transaction records, the hub alone reads; `audit` is who else reads that.

    Alembic's own table is its owner's: nobody else is to see it, and nothing is forced upon the owner.
    """
    for table in ("relay_state", "inbox", "dead_letters"):
        protect(table, PERSONNE)
    protect("outbox", PERSONNE, add=TOUS)
    protect("audit_entries", audit, add=TOUS)
    sienne = f"actor_id = coalesce({IDENTITE}, '-')"
    protect("idempotence", sienne, add=sienne)
    op.execute("ALTER TABLE alembic_version ENABLE ROW LEVEL SECURITY")


def unprotect_common_tables() -> None:
    """Undo `protect_common_tables`."""
    for table in COMMON:
        unprotect(table)
    op.execute("ALTER TABLE alembic_version DISABLE ROW LEVEL SECURITY")
