"""Every statement about what partners declare per dispositif, and how they keep to it: delays, places, response times."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from common.codes import Periode
from orientation.partenaires import domain
from orientation.partenaires.domain import Delais, Places, ouverture_periode

Offre = tuple[UUID, str]
"""A partner and one of the dispositifs that it carries."""
REPONSES_MIN = 5
UN_AN = timedelta(days=365)

DELAIS = text("""
    SELECT o.delai_lecture, o.delai_reponse, p.delai_lecture AS lecture, p.delai_jours_ouvres AS reponse
    FROM partenaires p LEFT JOIN offres o
        ON o.partenaire_id = p.id AND o.dispositif = :dispositif AND o.dispositif = ANY(p.dispositifs)
    WHERE p.id = :partenaire_id
""")

TOUS_LES_DELAIS = text("""
    SELECT p.id, d AS dispositif, o.delai_lecture, o.delai_reponse, p.delai_lecture AS lecture, p.delai_jours_ouvres AS reponse
    FROM partenaires p CROSS JOIN unnest(p.dispositifs) d
    LEFT JOIN offres o ON o.partenaire_id = p.id AND o.dispositif = d
    WHERE p.actif AND p.departements @> ARRAY[:departement]::varchar[]
""")

DECLARER = text("""
    INSERT INTO offres (partenaire_id, dispositif, delai_lecture, delai_reponse, capacite, periode, saisie_at)
    VALUES (:partenaire_id, :dispositif, :delai_lecture, :delai_reponse, :capacite, :periode, :saisie_at)
    ON CONFLICT (partenaire_id, dispositif) DO UPDATE SET delai_lecture = excluded.delai_lecture,
        delai_reponse = excluded.delai_reponse, capacite = excluded.capacite, periode = excluded.periode,
        saisie_at = excluded.saisie_at
    WHERE offres.saisie_at IS NULL OR excluded.saisie_at IS NOT NULL
""")

PORTEES = text("""
    SELECT p.id, d AS dispositif, p.departements[1] AS siege, o.capacite, o.periode
    FROM partenaires p CROSS JOIN unnest(p.dispositifs) d
    LEFT JOIN offres o ON o.partenaire_id = p.id AND o.dispositif = d
    WHERE p.actif AND (CAST(:departement AS text) IS NULL OR p.departements @> ARRAY[:departement]::varchar[])
        AND (CAST(:partenaires AS uuid[]) IS NULL OR p.id = ANY(CAST(:partenaires AS uuid[])))
""")

# A referral that was accepted keeps its place when it is taken back later: the partner has begun to work.
PRISES = text("""
    SELECT v.partenaire_id, v.dispositif, count(*) AS prises
    FROM unnest(CAST(:partenaires AS uuid[]), CAST(:dispositifs AS text[]), CAST(:debuts AS timestamptz[]))
        AS v (partenaire_id, dispositif, debut)
    JOIN reponses_comptees r ON r.partenaire_id = v.partenaire_id AND r.dispositif = v.dispositif
        AND r.repondue_at >= v.debut AND NOT r.declinee
    GROUP BY 1, 2
""")

TEMPS = text("""
    SELECT r.partenaire_id, r.dispositif, count(*) AS reponses,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY r.repondue_at - r.envoyee_at) AS mediane
    FROM partenaires p JOIN reponses_comptees r ON r.partenaire_id = p.id
    WHERE r.repondue_at >= :depuis AND r.repondue_at <= :now
        AND (CAST(:departement AS text) IS NULL OR p.departements @> ARRAY[:departement]::varchar[])
        AND (CAST(:partenaires AS uuid[]) IS NULL OR p.id = ANY(CAST(:partenaires AS uuid[])))
    GROUP BY 1, 2
""")


@dataclass(frozen=True, slots=True)
class TempsDeReponse:
    """How long a partner took to answer, week-ends included: the median, and over how many answers."""

    mediane: timedelta
    reponses: int

    @property
    def is_montrable(self) -> bool:
        """Whether it may be shown to everybody: under five answers it would say how one case went."""
        return self.reponses >= REPONSES_MIN


async def delais(session: AsyncSession, partenaire_id: UUID, dispositif: str) -> Delais:
    """Within how many working days this partner reads and answers a referral for this dispositif."""
    found = (await session.execute(DELAIS, {"partenaire_id": partenaire_id, "dispositif": dispositif})).one_or_none()
    return domain.delais(*found) if found else Delais()


async def delais_par_offre(session: AsyncSession, departement: str) -> dict[Offre, Delais]:
    """The same for all that is carried in a département."""
    rows = (await session.execute(TOUS_LES_DELAIS, {"departement": departement})).all()
    return {(row[0], row[1]): domain.delais(*row[2:]) for row in rows}


async def declarer(session: AsyncSession, offres: Sequence[Mapping[str, Any]]) -> None:
    """Take what partners declare, as whole rows by the names of their columns.

    A row without `saisie_at` comes from a file, and leaves alone what a manager declared in the portal.
    """
    if offres:
        await session.execute(DECLARER, list(offres))


async def places(session: AsyncSession, departement: str, now: datetime) -> dict[str, int | None]:
    """The places left in a département for each dispositif that is carried there; None when that is not known."""
    return par_dispositif(await places_par_offre(session, now, departement=departement))


def par_dispositif(offres: Mapping[Offre, Places | None]) -> dict[str, int | None]:
    """The same of places that were read before."""
    declarees = defaultdict(list)
    for (_, dispositif), places_declarees in offres.items():
        declarees[dispositif].append(places_declarees)
    return {dispositif: domain.ensemble(toutes) for dispositif, toutes in declarees.items()}


async def places_par_offre(
    session: AsyncSession, now: datetime, *, departement: str | None = None, partenaires: Sequence[UUID] | None = None
) -> dict[Offre, Places | None]:
    """What each active partner carries, and the places that it declares; None when it declares none.

    A period begins at midnight where the partner has its first département.
    """
    filtre = {"departement": departement, "partenaires": list(partenaires) if partenaires is not None else None}
    portees = (await session.execute(PORTEES, filtre)).all()
    declarees = [o for o in portees if o.periode]
    prises = await _prises(
        session,
        {(o.id, o.dispositif): ouverture_periode(Periode(o.periode), now, o.siege or "75") for o in declarees},
    )
    offres: dict[Offre, Places | None] = {(o.id, o.dispositif): None for o in portees}
    for o in declarees:
        cle = (o.id, o.dispositif)
        offres[cle] = Places(o.capacite, Periode(o.periode), prises.get(cle, 0))
    return offres


async def _prises(session: AsyncSession, debuts: dict[Offre, datetime]) -> dict[Offre, int]:
    if not debuts:
        return {}
    colonnes = {
        "partenaires": [partenaire_id for partenaire_id, _ in debuts],
        "dispositifs": [dispositif for _, dispositif in debuts],
        "debuts": list(debuts.values()),
    }
    return {(row.partenaire_id, row.dispositif): row.prises for row in (await session.execute(PRISES, colonnes)).all()}


async def temps_de_reponse(
    session: AsyncSession, now: datetime, *, departement: str | None = None, partenaires: Sequence[UUID] | None = None
) -> dict[Offre, TempsDeReponse]:
    """The measured response times of the last twelve months; an offer that nobody used is not there."""
    filtre = {
        "departement": departement,
        "partenaires": list(partenaires) if partenaires is not None else None,
        "depuis": now - UN_AN,
        "now": now,
    }
    rows = (await session.execute(TEMPS, filtre)).all()
    return {(row.partenaire_id, row.dispositif): TempsDeReponse(row.mediane, row.reponses) for row in rows}
