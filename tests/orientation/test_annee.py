"""A simulated year on a real database: several partners, a sweep that dies between timer and action, two at once."""

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from common.codes import EtatOrientation, Horloge, Partie
from common.errors import Conflit, Interdit, Introuvable
from orientation.echeances.service import balayer, pas
from orientation.etapes.domain import prochaine_etape
from orientation.orientations import engagement, service, store
from orientation.orientations.domain import COTES, SUR_PERMIS, Action, Cote
from tests.orientation.journal import Fait, verifier
from tests.orientation.monde import AGENT, AGENT_APPUI, ANIMATEUR, Hub, entendre, ident, retire
from tests.orientation.test_transitions import arguments

E = EtatOrientation
# A year in which every kind of public holiday falls on a working day somewhere.
DEBUT = datetime(2027, 1, 4, 9, tzinfo=UTC)
HUMAINES = [action for action in Action if COTES[action] is not Cote.systeme]
# What ends a referral is rarer than what goes on.
POIDS = [1 if action in (Action.annuler, Action.decliner) else 6 for action in HUMAINES]
FAITS = text("SELECT body FROM outbox WHERE aggregate_id = :id ORDER BY seq")
OUVERTES = text("SELECT id FROM orientations WHERE etat NOT IN ('aboutie', 'non_aboutie', 'declinee', 'retiree', 'expiree')")


class Panne(Exception):
    """The worker dies."""


async def mourir(hub: Hub, now: datetime) -> None:
    """A round that did everything but commit."""
    with pytest.raises(Panne):
        async with hub.database.transaction() as session:
            await pas(session, now)
            raise Panne


async def balayages(hub: Hub, now: datetime, rng: Random) -> None:
    """Rounds until nothing is due; some die, some run at the same time."""
    for _ in range(6):
        if rng.random() < 0.3:
            await mourir(hub, now)
        clock = lambda: now  # noqa: E731 - the injected clock.
        await asyncio.gather(*(balayer(hub.database, clock) for _ in range(rng.choice((1, 1, 2)))))


async def agir(hub: Hub, orientation_id: str, action: Action, now: datetime) -> None:
    """One side acts; what is not possible now is refused by name."""
    async with hub.database.transaction() as session:
        row = await store.find(session, ANIMATEUR, UUID(orientation_id))
        partenaire = AGENT if row.orientation.partenaire_id == ident("fonds") else AGENT_APPUI
    acteur = ANIMATEUR if COTES[action] is Cote.emetteur else partenaire
    motif: Any = arguments(action)["motif"]
    with suppress(Conflit, Interdit, Introuvable):
        async with hub.database.transaction() as session:
            if action in SUR_PERMIS:
                await engagement.engager(session, hub.app.state.nats, acteur, UUID(orientation_id), action, now, motif=motif)
            else:
                await service.agir(session, acteur, UUID(orientation_id), action, now, motif=motif)


async def journal(hub: Hub, orientation_id: str) -> list[Fait]:
    async with hub.database.transaction() as session:
        corps = [json.loads(body) for body in (await session.execute(FAITS, {"id": orientation_id})).scalars()]
    assert [int(c["sequence"]) for c in corps] == list(range(1, len(corps) + 1))
    return [
        Fait(
            c["type"].split(".")[-2],
            datetime.fromisoformat(c["time"]),
            E(c["data"]["etat"]),
            Horloge(c["data"]["horloge"]) if c["data"].get("horloge") else None,
        )
        for c in corps
    ]


async def nobody_waits_in_silence(hub: Hub, now: datetime) -> None:
    async with hub.database.transaction() as session:
        for orientation_id in (await session.execute(OUVERTES)).scalars().all():
            row = (await store.find(session, ANIMATEUR, orientation_id)).orientation
            etape = prochaine_etape(row.valeur(), now)
            assert etape.qui is not Partie.personne
            assert etape.avant is not None
            assert row.partenaire_id is not None
            if row.etat != E.brouillon:
                assert row.prochaine_at is not None
                assert row.prochaine_at > now


@pytest.mark.parametrize("graine", range(4))
async def test_a_year(hub: Hub, graine: int) -> None:
    rng, now = Random(graine), DEBUT
    dossier_id = await hub.dossier(rng.choice(("34", "30")))
    accords = {nom: await hub.accorder(dossier_id, nom) for nom in ("fonds", "appui")}
    ids = [await hub.brouillon(dossier_id, nom) for nom in ("fonds", "appui", "fonds")]
    for orientation_id in ids:
        await agir(hub, orientation_id, Action.envoyer, now)
    sequence = 10
    while now < DEBUT + timedelta(days=365):
        now += timedelta(hours=rng.choice((1, 5, 24, 72, 200, 700)))
        for orientation_id in ids:
            for _ in range(rng.randrange(3)):
                await agir(hub, orientation_id, rng.choices(HUMAINES, POIDS)[0], now)
        if rng.random() < 0.05:
            nom = rng.choice(list(accords))
            sequence += 1
            await entendre(hub.database, retire(accords[nom], dossier_id, nom), sequence, now)
            accords[nom] = await hub.accorder(dossier_id, nom)
        if len(ids) < 9 and rng.random() < 0.2:
            ids.append(await hub.brouillon(dossier_id, rng.choice(("fonds", "appui"))))
            await agir(hub, ids[-1], Action.envoyer, now)
        await balayages(hub, now, rng)
        await nobody_waits_in_silence(hub, now)
    journaux = [await journal(hub, orientation_id) for orientation_id in ids]
    for faits in journaux:
        verifier(faits)
    # The year was lived: somebody acted, and time did.
    assert sum(map(len, journaux)) > 20
    assert {"relancee", "escaladee"} <= {fait.nom for faits in journaux for fait in faits}


async def test_left_alone_everything_ends_or_calls_somebody(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    chemins: dict[str, tuple[Action, ...]] = {
        "envoyee": (),
        "recue": (Action.recevoir,),
        "acceptee": (Action.recevoir, Action.accepter),
        "demarree": (Action.recevoir, Action.accepter, Action.demarrer),
    }
    ids = {nom: await hub.envoyee(dossier_id) for nom in chemins}
    now = DEBUT
    for nom, chemin in chemins.items():
        for action in chemin:
            await agir(hub, ids[nom], action, now)
    for semaine in range(52):
        await balayages(hub, now + timedelta(weeks=semaine), Random(semaine))
    noms = {nom: [f.nom for f in await journal(hub, orientation_id)] for nom, orientation_id in ids.items()}
    assert noms["envoyee"][2:] == ["relancee", "escaladee", "expiree"]
    assert noms["recue"][3:] == ["relancee", "escaladee", "expiree"]
    for nom in ("acceptee", "demarree"):
        suite = noms[nom][2 + len(chemins[nom]) :]
        assert suite[0] == "relancee"
        assert set(suite[1:]) == {"escaladee"}
        assert len(suite) > 12
    for orientation_id in ids.values():
        verifier(await journal(hub, orientation_id))
