"""A permit may be asked while its delivery is being written: it serves once, for two seconds, and only a yes is believed."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from common.clock import new_id
from common.codes import Finalite
from common.requests import AccordDemande
from notifications.livraisons.avance import PEU, Avances
from notifications.livraisons.permis import DUREE
from notifications.livraisons.store import Announcement

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PARTENAIRE = UUID(int=7)


class Registre:
    """A ledger that answers what it is told to, and remembers what it was asked; its clock moves by hand."""

    def __init__(self, answer: bool | None = True) -> None:
        self.answer = answer
        self.asked: list[list[AccordDemande]] = []
        self.now = NOW
        self.avances = Avances(self.permettre, lambda: self.now)
        self.avances.remember([PARTENAIRE])

    async def permettre(self, demandes: Sequence[AccordDemande]) -> Sequence[bool] | None:
        self.asked.append(list(demandes))
        await asyncio.sleep(0)
        return None if self.answer is None else [self.answer] * len(demandes)


def announcement(partenaire_id: UUID = PARTENAIRE, finalite: Finalite | None = Finalite.orientation) -> Announcement:
    return Announcement(new_id(), partenaire_id, "orientation.envoyee", "{}", new_id(), finalite)


def demande(one: Announcement) -> AccordDemande:
    return AccordDemande(dossier_id=one.dossier_id, destinataire_id=one.partenaire_id, finalite=Finalite.orientation)


async def test_a_permit_asked_ahead_serves_once() -> None:
    registre, one = Registre(), announcement()
    registre.avances.prevoir([one])
    assert await registre.avances.take(demande(one)) == NOW + DUREE
    assert await registre.avances.take(demande(one)) is None
    assert registre.asked == [[demande(one)]]


async def test_each_of_two_has_its_own() -> None:
    registre, one, other = Registre(), announcement(), announcement()
    registre.avances.prevoir([one, other])
    assert await registre.avances.take(demande(other))
    assert await registre.avances.take(demande(one))
    assert len(registre.asked) == 1


@pytest.mark.parametrize("answer", [False, None], ids=["refused", "unanswered"])
async def test_anything_but_a_yes_is_asked_again(answer: bool | None) -> None:
    registre, one = Registre(answer), announcement()
    registre.avances.prevoir([one])
    assert await registre.avances.take(demande(one)) is None


async def test_a_permit_is_good_for_two_seconds() -> None:
    registre, one, later = Registre(), announcement(), announcement()
    registre.avances.prevoir([one])
    registre.now = NOW + DUREE
    assert await registre.avances.take(demande(one)) is None
    registre.avances.prevoir([later])
    assert list(registre.avances.asked) == [demande(later)]


async def test_what_would_be_asked_in_vain_is_not_asked() -> None:
    registre = Registre()
    registre.avances.prevoir([announcement(partenaire_id=new_id())])
    registre.avances.prevoir([announcement(finalite=None)])
    registre.avances.prevoir([announcement() for _ in range(PEU + 1)])
    assert not registre.asked
    assert not registre.avances.asked


async def test_the_partners_remembered_are_bounded_and_the_latest_stay() -> None:
    registre = Registre()
    registre.avances.remember([UUID(int=1000 + n) for n in range(2000)])
    assert len(registre.avances.told) == 500
    assert UUID(int=2999) in registre.avances.told
    registre.now += timedelta(seconds=1)
    one = announcement()
    registre.avances.prevoir([one])
    assert not registre.asked
