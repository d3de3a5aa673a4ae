"""The postman: what `dispatch.loop` does for mails. Addresses, links and codes live only as long as one try."""

import random
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import asyncpg
from nats.aio.client import Client

from common.clock import Clock, utc_now
from common.errors import Erreur, Injoignable, Introuvable
from common.filtres import moment_fr
from common.requests import ContactDirigeant, ContactMembres, ask
from common.requests_membres import ContactInvitation
from notifications.courriels import store
from notifications.courriels.domain import Destinataire, Echec, Essai, Remise, decider, digest
from notifications.courriels.message import compose
from notifications.courriels.poste import Poste
from notifications.courriels.regles import EQUIPE, ROLES, WEBHOOKS
from notifications.courriels.store import Claimed, Outcome
from notifications.settings import NotificationsSettings

SERVICE = "notifications"


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to write to and what only this try knows."""

    addresses: tuple[str, ...]
    lien: str
    reference: str = ""
    organisation: str = ""
    code: str | None = None


class Facteur:
    """Sends the mails that are due."""

    def __init__(self, settings: NotificationsSettings, nats: Client, poste: Poste, clock: Clock = utc_now) -> None:
        self.settings = settings
        self.nats = nats
        self.poste = poste
        self.clock = clock
        # Some ask for addresses while others are handed over.
        self.places = 4 * settings.smtp_connections

    async def release(self, connection: asyncpg.Connection) -> None:
        """Free the claims of the dead and the overdue."""
        await store.release(connection, self.clock())

    async def claim(self, connection: asyncpg.Connection, holder: int) -> tuple[list[Coroutine[Any, Any, Outcome]], bool]:
        """Claim as many due mails as there are places."""
        if self.places <= 0:
            return [], False
        rows = await store.claim(connection, holder, self.clock(), self.places)
        more = len(rows) == self.places
        self.places -= len(rows)
        return [self._send(row) for row in rows], more

    async def write(self, connection: asyncpg.Connection, results: list[Outcome]) -> None:
        """Write what came of these mails."""
        await store.write(connection, results)

    async def _send(self, row: Claimed) -> Outcome:
        try:
            essai = await self._try(row)
        finally:
            self.places += 1
        now = self.clock()
        plan = self.settings.mail_retry_seconds
        suite = decider(row.tentatives + 1, essai, row.avant, now, random.random(), plan)  # noqa: S311 - jitter.
        return Outcome(row.seq, row.tentatives, suite, now)

    async def _try(self, row: Claimed) -> Essai:
        try:
            contact = await self._contact(row)
        except Introuvable:
            return Essai({}, Echec.sans_destinataire, definitif=True)
        except (Erreur, ValueError) as error:
            away = isinstance(error, Injoignable)
            return Essai({}, Echec.annuaire_injoignable if away else Echec.sans_destinataire)
        if not contact.addresses:
            return Essai({}, Echec.sans_destinataire, definitif=True)
        pending = {digest(row.event_id, address): address for address in contact.addresses}
        return Essai(
            {
                key: await self._hand_over(row, contact, address)
                for key, address in pending.items()
                if key not in row.avant.remis
            }
        )

    async def _hand_over(self, row: Claimed, contact: Contact, address: str) -> Remise:
        echeance = f"{moment_fr(row.echeance)} (heure de Paris)" if row.echeance else "terme prévu"
        try:
            message = compose(
                row.modele,
                {"reference": contact.reference, "organisation": contact.organisation, "echeance": echeance},
                lien=contact.lien,
                code=contact.code,
                event_id=row.event_id,
                sender=self.settings.mail_from,
                address=address,
                now=self.clock(),
            )
        except ValueError:
            # What the directory holds is no address: nobody can be written to there.
            return Remise(accepte=False, definitif=True, code="5.1.3", echec=Echec.refuse)
        return await self.poste.remettre(message)

    async def _contact(self, row: Claimed) -> Contact:
        if row.destinataire is Destinataire.dirigeant and row.dossier_id is not None:
            found = await ask(self.nats, SERVICE, ContactDirigeant(envoi_id=row.objet_id, dossier_id=row.dossier_id))
            return Contact((found.courriel,), found.lien, reference=found.reference, code=found.code)
        if row.destinataire is Destinataire.invite:
            invited = await ask(self.nats, SERVICE, ContactInvitation(invitation_id=row.objet_id))
            return Contact((invited.courriel,), invited.lien, organisation=invited.organisation)
        if row.organisation_id is None:
            raise Introuvable
        members = await ask(self.nats, SERVICE, ContactMembres(organisation_id=row.organisation_id, roles=ROLES[row.modele]))
        return Contact(members.courriels, f"{self.settings.public_url}/{_page(row)}")


def _page(row: Claimed) -> str:
    if row.modele in EQUIPE.values():
        return f"orientation/equipes/{row.organisation_id}"
    return f"{'notifications/webhooks' if row.modele in WEBHOOKS else 'orientation/orientations'}/{row.objet_id}"
