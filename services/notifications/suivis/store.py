"""Every statement on what is remembered of cases, organisations and referrals; all are set-based."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from common.codes import EtatOrientation
from common.events import Received
from common.events.orientation import _Orientation

DEPOSER = text("""
    INSERT INTO territoires (dossier_id, departement, reference) VALUES (:dossier_id, :departement, :reference)
    ON CONFLICT (dossier_id) DO UPDATE SET reference = excluded.reference
""")
CLORE = text("UPDATE territoires SET clos_le = CAST(:le AS timestamptz) WHERE dossier_id = :dossier_id")
PUBLIER = text("""
    INSERT INTO cellules (partenaire_id, departements) VALUES (:partenaire_id, CAST(:departements AS text[]))
    ON CONFLICT (partenaire_id) DO UPDATE SET departements = excluded.departements
""")
SITUER = text("""
    INSERT INTO organisations (partenaire_id, departement) VALUES (:partenaire_id, :departement)
    ON CONFLICT (partenaire_id) DO UPDATE SET departement = excluded.departement
""")
# A referral may be in a batch several times, and its events may come late: the newest counts.
SUIVRE = text("""
    INSERT INTO orientations_suivies
        (orientation_id, dossier_id, partenaire_id, emetteur_id, etat, due_at, envoyee, sequence)
    SELECT DISTINCT ON (orientation_id) orientation_id, dossier_id, partenaire_id, emetteur_id, etat, due_at, envoyee, sequence
    FROM json_to_recordset(CAST(:rows AS json)) AS e(orientation_id uuid, dossier_id uuid, partenaire_id uuid,
        emetteur_id uuid, etat text, due_at timestamptz, envoyee boolean, sequence int)
    ORDER BY orientation_id, sequence DESC
    ON CONFLICT (orientation_id) DO UPDATE SET etat = excluded.etat, due_at = excluded.due_at, sequence = excluded.sequence,
        envoyee = orientations_suivies.envoyee OR excluded.envoyee
    WHERE orientations_suivies.sequence < excluded.sequence
""")
LIEUX = text("SELECT dossier_id, departement FROM territoires WHERE dossier_id = ANY(CAST(:ids AS uuid[]))")
SIEGES = text("SELECT partenaire_id, departement FROM organisations WHERE partenaire_id = ANY(CAST(:ids AS uuid[]))")
CELLULES = text("""
    SELECT c.partenaire_id FROM cellules c JOIN territoires t ON t.departement = ANY(c.departements)
    WHERE t.dossier_id = :dossier_id ORDER BY c.partenaire_id
""")


async def deposer(session: AsyncSession, dossier_id: UUID, departement: str, reference: str) -> None:
    """Remember where a case is and how people call it."""
    await session.execute(DEPOSER, {"dossier_id": dossier_id, "departement": departement, "reference": reference})


async def clore(session: AsyncSession, dossier_id: UUID, le: datetime) -> None:
    """The case is closed."""
    await session.execute(CLORE, {"dossier_id": dossier_id, "le": le})


async def publier_cellule(session: AsyncSession, partenaire_id: UUID, departements: Sequence[str]) -> None:
    """Remember the territory of a cell; none, when it is no more."""
    await session.execute(PUBLIER, {"partenaire_id": partenaire_id, "departements": list(departements)})


async def situer(session: AsyncSession, partenaire_id: UUID, departement: str) -> None:
    """Remember where an organisation is."""
    await session.execute(SITUER, {"partenaire_id": partenaire_id, "departement": departement})


async def suivre(session: AsyncSession, batch: Sequence[Received[Any]]) -> None:
    """Remember where these referrals stand."""
    rows = [
        one.event.model_dump(
            mode="json", include={"orientation_id", "dossier_id", "partenaire_id", "emetteur_id", "etat", "due_at"}
        )
        | {"envoyee": _envoyee(one.event), "sequence": one.sequence}
        for one in batch
    ]
    if rows:
        await session.execute(SUIVRE, {"rows": json.dumps(rows)})


def _envoyee(event: _Orientation) -> bool:
    """Whether the partner has been sent it; a draft that is cancelled has no deadline."""
    return event.etat is not EtatOrientation.brouillon and (
        event.etat is not EtatOrientation.retiree or event.due_at is not None
    )


async def lieux(session: AsyncSession, dossiers: Iterable[UUID]) -> dict[UUID, str]:
    """The départements of these cases, where they are known."""
    found = await session.execute(LIEUX, {"ids": list(dossiers)})
    return {row.dossier_id: row.departement for row in found}


async def sieges(session: AsyncSession, organisations: Iterable[UUID]) -> dict[UUID, str]:
    """The départements of these organisations, where they are known."""
    found = await session.execute(SIEGES, {"ids": list(organisations)})
    return {row.partenaire_id: row.departement for row in found}


async def cellules(session: AsyncSession, dossier_id: UUID) -> list[UUID]:
    """The cells in whose territory a case is."""
    return list((await session.execute(CELLULES, {"dossier_id": dossier_id})).scalars())
