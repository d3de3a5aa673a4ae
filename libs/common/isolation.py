"""Who acts, as PostgreSQL is told at the beginning of a transaction: the second lock, behind `visible_to`.

Row-level security is forced on the tables of every service. A transaction of a request carries its actor in a setting that
the policies read, and the hub itself takes the role `relais_systeme`, which sees every row. Where nothing was said, nobody
acts, and only what is public is there. See `common.policies` for the other side of it.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from common import writes
from common.actor import DU_PARTENAIRE, SYSTEM, Actor, Role

ROLE = "relais_systeme"
PARAMETRE = "relais.acteur"
ROLE_ACTUEL = text("SELECT current_setting('role')")
PRENDRE_ROLE = text("SELECT set_config('role', :role, true)")


def contexte(actor: Actor) -> dict[str, Any]:
    """What policies may know of an actor. A territory is an animateur's, a case a dirigeant's, referrals a partner's.

    Whoever acts by a link belongs to no organisation there: `lien` is the link, and the database says what it opens.
    """
    par_lien = actor.has(Role.lien)
    return {
        "id": actor.id,
        "roles": sorted(actor.roles),
        "organisation": str(actor.organisation_id) if actor.organisation_id and not par_lien else None,
        "partenaire": str(actor.organisation_id) if actor.organisation_id and actor.has(*DU_PARTENAIRE) else None,
        "departements": sorted(actor.departements) if actor.has(Role.animateur) else [],
        "dossier": str(actor.dossier_id) if actor.dossier_id and actor.has(Role.dirigeant) else None,
        "lien": actor.id if par_lien else None,
    }


def debut(actor: Actor | None) -> str:
    """The statements that say, until the end of the transaction, who acts; none for nobody.

    JSON in ASCII holds no quote once its own are escaped: nothing of the actor can end the literal.
    """
    if actor is None:
        return ""
    if actor is SYSTEM:
        return f"SET LOCAL ROLE {ROLE};"
    valeur = json.dumps(contexte(actor), separators=(",", ":")).replace("'", "\\u0027")
    return f"SET LOCAL {PARAMETRE} = '{valeur}';"


@asynccontextmanager
async def as_the_hub(session: AsyncSession) -> AsyncIterator[None]:
    """Let the hub itself act within the block: for what follows from a change that the actor was allowed.

    What was changed before it is written as the actor, and the rest of the transaction is the actor's again. After an error
    nothing is given back: what it interrupts, the transaction or its savepoint, is undone with the role.
    """
    await _ecrire(session)
    avant = (await session.execute(ROLE_ACTUEL)).scalar_one()
    await session.execute(PRENDRE_ROLE, {"role": ROLE})
    yield
    await _ecrire(session)
    await session.execute(PRENDRE_ROLE, {"role": avant})


async def _ecrire(session: AsyncSession) -> None:
    """Everything that waits, as whoever acts now."""
    await session.flush()
    await writes.flush(session, notify=True)


class Connexion(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types.
    """A connection whose next transaction begins with `debut`.

    asyncpg sends BEGIN as a text of its own: what says who acts travels in the same message, and costs no round trip.
    """

    debut = ""

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:  # noqa: ASYNC109 - asyncpg's own.
        """As asyncpg's; BEGIN is followed by `debut`, which serves once."""
        if args or not self.debut or not query.startswith("BEGIN"):
            return str(await super().execute(query, *args, timeout=timeout))
        query, self.debut = query + self.debut, ""
        try:
            return str(await super().execute(query, timeout=timeout))
        except asyncpg.PostgresError:
            # A transaction half begun must not be taken for one that is not.
            self.terminate()
            raise
