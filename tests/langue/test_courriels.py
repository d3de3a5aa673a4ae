"""The mails in the pseudo-language: every notice of the table, alone and with others, in subject, text and HTML."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from uuid import UUID

import pytest

from common.actor import Role
from common.database import Database
from common.traduction import LANGUE, SOURCE, etiquette
from notifications.courriels.domain import EtatCourriel, Suite
from notifications.courriels.message import Lettre, compose
from notifications.courriels.modeles import MODELES
from notifications.courriels.store import Claimed
from notifications.regles.charger import table
from notifications.regles.domain import Relation
from notifications.worker import worker
from relais.nats import NatsServer
from tests.langue.lecture import mots
from tests.notifications.banc import settled
from tests.notifications.conftest import inbox, owners
from tests.notifications.poste import Inbox, demande, hear, nats_settings, parts

__all__ = ["inbox", "owners"]

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
UN = UUID(int=1)
DITES = {(ligne.avis, ligne.relation) for lignes in table().roles.values() for ligne in lignes}


@pytest.fixture
def parle(pseudo_langue: str) -> Iterator[str]:
    """What goes on in this test is told in the pseudo-language."""
    jeton = LANGUE.set(pseudo_langue)
    yield pseudo_langue
    LANGUE.reset(jeton)


def ligne(avis: str, relation: Relation, seq: int = 1, departement: str | None = "34") -> Claimed:
    """A notice that is to leave now."""
    return Claimed(
        seq=seq,
        event_id=UUID(int=seq),
        modele=avis,
        destinataire=relation,
        organisation_id=UN,
        roles=frozenset({Role.agent}),
        sauf=frozenset(),
        membre_id=None,
        acteur_id=None,
        dossier_id=UN,
        objet_id=UN,
        departement=departement,
        echeance=NOW if departement else None,
        pli=None,
        tentatives=0,
        avant=Suite(EtatCourriel.en_attente, (), 0, 0),
        etat_orientation=None,
        reference="R-7F3K-9QX8",
        clos=False,
    )


def francais(message: EmailMessage) -> list[str]:
    """What a mail says that is not translated; an organisation's name is nobody's language."""
    plain, rich = parts(message)
    texte = _Texte()
    texte.feed(rich)
    return mots("\u0001".join([message["Subject"], *plain.splitlines(), *texte.dits]), {"Fonds {d’ici}"})


class _Texte(HTMLParser):
    """What a program reads to its user of a mail's HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.dits: list[str] = []
        self.dans = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.dans = tag
        self.dits += [value for name, value in attrs if value and name in ("alt", "title", "aria-label")]

    def handle_data(self, data: str) -> None:
        if self.dans != "style":
            self.dits.append(data)


@pytest.mark.parametrize(("avis", "relation"), sorted(DITES))
def test_a_notice_has_no_french_left(parle: str, avis: str, relation: Relation) -> None:
    """With and without a code, a date, a way to refuse; at the association's own time."""
    for departement, code, valable in (("34", None, None), ("974", "48213907", NOW), (None, "48213907", None)):
        lettre = Lettre(
            rows=(ligne(avis, relation, departement=departement),),
            origine="https://relais.example",
            lien="https://relais.example/lien" if code else None,
            organisation="Fonds {d’ici}",
            code=code,
            valable=valable,
            desinscription=None if code else "https://relais.example/desinscription",
        )
        message = compose(lettre, sender="Relais <ne-pas-repondre@relais.example>", address="a@b.example", now=NOW)
        assert not francais(message)
        assert message["Subject"].startswith("[!!")
        assert message["Content-Language"] == etiquette(parle)
        assert f'lang="{etiquette(parle)}"' in parts(message)[1]


def test_a_mail_of_several_notices_has_no_french_left(parle: str) -> None:
    """The summaries of the morning and of the week are made like that."""
    rows = tuple(ligne(avis, Relation.partenaire, seq) for seq, avis in enumerate(sorted(MODELES), 1))
    lettre = Lettre(rows, "https://relais.example", desinscription="https://relais.example/desinscription")
    message = compose(lettre, sender="Relais <ne-pas-repondre@relais.example>", address="a@b.example", now=NOW)
    assert not francais(message)
    assert f"{len(rows)}\u00a0[!!" in message["Subject"]


@pytest.mark.usefixtures("owners")
async def test_the_worker_writes_in_the_language_of_the_instance(
    pseudo_langue: str, notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int]
) -> None:
    """There is no request that would say it: the worker itself does."""
    box, port = inbox
    await hear(notifications_db, demande())
    settings = nats_settings(notifications_db, nats_server, smtp_port=port, mail_at_any_time=True, langue=pseudo_langue)
    running = asyncio.create_task(worker(settings).run())
    await settled(notifications_db, seconds=60, table="courriels")
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    ((_, message),) = box.mails
    assert not francais(message)
    assert LANGUE.get() == SOURCE
