"""The postman: what `dispatch.loop` does for mails. Addresses, links and codes live only as long as one try."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import asyncpg
from nats.aio.client import Client

from common.clock import Clock, utc_now
from common.codes_echanges import GenreDestinataire
from common.database import Database
from common.errors import Erreur, Injoignable, Introuvable
from common.logs import get_logger
from common.requests import AdresseDirigeant, ContactBrouillon, ContactDirigeant, ContactMembres, MembreContact, ask
from common.requests_liens import AdresseLien, ContactCodeDeLien, ContactLien
from common.requests_membres import ContactInvitation
from notifications.courriels import store
from notifications.courriels.destinataires import Pli, plis_par_membre, roles_de
from notifications.courriels.domain import SANS_OBJET, Echec, Essai, EtatCourriel, Remise, decider, digest
from notifications.courriels.message import Lettre, compose
from notifications.courriels.modeles import BROUILLON
from notifications.courriels.poste import Poste
from notifications.courriels.releve import Releve
from notifications.courriels.store import Claimed, Outcome
from notifications.dispatch import store as dispatch_store
from notifications.dispatch.loop import Sending
from notifications.preferences import store as preferences
from notifications.preferences.jetons import lien_de_desinscription
from notifications.regles.charger import table
from notifications.regles.domain import Relation, a_l_ouverture, sans_objet
from notifications.retours import store as retours
from notifications.retraits.jetons import lien_d_acte
from notifications.settings import NotificationsSettings

log = get_logger(__name__)

SERVICE = "notifications"
CODE_DE_LIEN = "code_de_lien"

Membres = Sequence[MembreContact]


class Facteur:
    """Sends the mails that are due."""

    def __init__(
        self, settings: NotificationsSettings, nats: Client, database: Database, poste: Poste, clock: Clock = utc_now
    ) -> None:
        self.settings = settings
        self.nats = nats
        self.database = database
        self.poste = poste
        self.clock = clock
        # Some ask for addresses while others are handed over.
        self.places = 4 * settings.smtp_connections

    async def release(self, connection: asyncpg.Connection) -> None:
        """Free the claims of the dead and the overdue."""
        await store.release(connection, self.clock())

    async def keep(self, connection: asyncpg.Connection, holder: int, seqs: Sequence[int]) -> None:
        """Claim what is under way again."""
        await dispatch_store.keep(connection, "courriels", holder, seqs, self.clock() + store.LEASE)

    async def claim(self, connection: asyncpg.Connection, holder: int) -> tuple[list[Sending[list[Outcome]]], bool]:
        """Claim as many due mails as there are places. What fell due while nobody worked, and is no hour to read, waits."""
        if self.places <= 0:
            return [], False
        now = self.clock()
        rows = await store.claim(connection, holder, now, self.places)
        morning = {row.seq: at for row in rows if (at := self._heure(row, now)) > now}
        await store.postpone(connection, list(morning.items()))
        awake = sorted((row for row in rows if row.seq not in morning), key=_pli)
        bundles = [list(bundle) for _, bundle in groupby(awake, key=_pli)]
        more = len(bundles) >= self.places
        self.places -= len(bundles)
        return [Sending(tuple(row.seq for row in bundle), self._send(bundle)) for bundle in bundles], more

    async def write(self, connection: asyncpg.Connection, results: list[list[Outcome]]) -> None:
        """Write what came of these mails."""
        outcomes = [outcome for bundle in results for outcome in bundle]
        await store.write(connection, outcomes)
        await retours.noter(connection, [envoi for outcome in outcomes for envoi in outcome.envois])

    def _heure(self, row: Claimed, at: Any) -> Any:
        if self.settings.mail_at_any_time or row.modele not in table().avis or table().avis[row.modele].urgent:
            return at
        return a_l_ouverture(at, row.siege or row.departement)

    async def _send(self, bundle: list[Claimed]) -> list[Outcome]:
        releve = Releve(self.settings.mail_from)
        try:
            essais = await self._try(bundle, releve)
        finally:
            self.places += 1
        now = self.clock()
        plan = self.settings.mail_retry_seconds
        # What left together comes back together: one mail stays one mail.
        hasard = random.random()  # noqa: S311 - jitter.
        outcomes = []
        for row in bundle:
            suite = decider(row.tentatives + 1, essais[row.seq], row.avant, now, hasard, plan)
            if suite.etat is EtatCourriel.abandonne:
                log.warning(
                    "facteur.abandoned", modele=row.modele, event_id=str(row.event_id), echec=suite.echec, code=suite.code
                )
            if suite.due_at:
                suite = replace(suite, due_at=self._heure(row, suite.due_at))
            envois = releve.envois(row.seq, now, fini=suite.due_at is None)
            outcomes.append(Outcome(row.seq, row.tentatives, suite, now, envois))
        return outcomes

    async def _try(self, bundle: list[Claimed], releve: Releve) -> Mapping[int, Essai]:
        """How each of these fared, which leave together."""
        utiles = [row for row in bundle if row.modele in table().avis and not _sans_objet(row)]
        essais = {row.seq: SANS_OBJET for row in bundle}
        if not utiles:
            return essais
        try:
            if utiles[0].modele == BROUILLON:
                return essais | {utiles[0].seq: await self._au_declarant(utiles[0], releve)}
            if utiles[0].destinataire is Relation.dirigeant:
                return essais | {utiles[0].seq: await self._au_dirigeant(utiles[0], releve)}
            if utiles[0].destinataire is Relation.invite:
                return essais | {utiles[0].seq: await self._a_l_invite(utiles[0], releve)}
            if utiles[0].destinataire is Relation.sans_compte:
                return essais | {utiles[0].seq: await self._au_sans_compte(utiles[0], releve)}
            return essais | await self._aux_membres(utiles, releve)
        except Introuvable:
            return essais | dict.fromkeys((row.seq for row in utiles), Essai({}, Echec.sans_destinataire, definitif=True))
        except (Erreur, ValueError) as error:
            echec = Echec.annuaire_injoignable if isinstance(error, Injoignable) else Echec.sans_destinataire
            return essais | dict.fromkeys((row.seq for row in utiles), Essai({}, echec))

    async def _au_dirigeant(self, row: Claimed, releve: Releve) -> Essai:
        if row.dossier_id is None:
            raise Introuvable
        found: AdresseDirigeant = await ask(
            self.nats, SERVICE, ContactDirigeant(envoi_id=row.objet_id, dossier_id=row.dossier_id)
        )
        reference = replace(row, reference=found.reference)
        pli = Pli(found.courriel, (reference,))
        remise = await self._hand_over(pli, lien=found.lien, code=found.code)
        releve.noter(pli, GenreDestinataire.correspondant, found.personne_id, remise)
        return Essai({digest(row.event_id, found.courriel): remise})

    async def _au_declarant(self, row: Claimed, releve: Releve) -> Essai:
        # Whoever sets a form aside is nobody's correspondent yet: the mail stands for its reader.
        found = await ask(self.nats, SERVICE, ContactBrouillon(envoi_id=row.objet_id))
        pli = Pli(found.courriel, (row,))
        remise = await self._hand_over(pli, lien=found.lien, code=found.code, valable=found.expire_le)
        releve.noter(pli, GenreDestinataire.declarant, row.objet_id, remise)
        return Essai({digest(row.event_id, found.courriel): remise})

    async def _a_l_invite(self, row: Claimed, releve: Releve) -> Essai:
        found = await ask(self.nats, SERVICE, ContactInvitation(invitation_id=row.objet_id))
        pli = Pli(found.courriel, (row,))
        remise = await self._hand_over(pli, lien=found.lien, organisation=found.organisation)
        releve.noter(pli, GenreDestinataire.invite, row.objet_id, remise)
        return Essai({digest(row.event_id, found.courriel): remise})

    async def _au_sans_compte(self, row: Claimed, releve: Releve) -> Essai:
        question = (ContactCodeDeLien if row.modele == CODE_DE_LIEN else ContactLien)(lien_id=row.objet_id)
        found: AdresseLien = await ask(self.nats, SERVICE, question)
        pli = Pli(found.courriel, (row,))
        remise = await self._hand_over(pli, lien=found.lien, organisation=found.organisation, code=found.code)
        releve.noter(pli, GenreDestinataire.sans_compte, row.organisation_id, remise)
        return Essai({digest(row.event_id, found.courriel): remise})

    async def _aux_membres(self, rows: list[Claimed], releve: Releve) -> dict[int, Essai]:
        organisation_id = rows[0].organisation_id
        if organisation_id is None:
            raise Introuvable
        roles = tuple(sorted({role for row in rows for role in roles_de(row)}))
        contacts = await ask(self.nats, SERVICE, ContactMembres(organisation_id=organisation_id, roles=roles))
        if not contacts.membres:
            return await self._sans_membres(rows, contacts.sans_compte, releve)
        async with self.database.transaction() as session:
            refuses = await preferences.refuses(session, [str(membre.id) for membre in contacts.membres])
        remises: dict[int, dict[str, Remise]] = {}
        for pli in plis_par_membre(rows, contacts.membres, refuses):
            remise = await self._hand_over(pli)
            releve.noter(pli, GenreDestinataire.membre, UUID(pli.membre_id) if pli.membre_id else None, remise)
            for row in pli.rows:
                remises.setdefault(row.seq, {})[digest(row.event_id, pli.address)] = remise
        # Somebody may have had it at an earlier try; if not, it was for nobody.
        return {row.seq: Essai(remises[row.seq]) if row.seq in remises else SANS_OBJET for row in rows}

    async def _sans_membres(self, rows: list[Claimed], courriel: str | None, releve: Releve) -> dict[int, Essai]:
        """To the address of the organisation's sheet, if it has one: only what is meant for it, each with a link of its own."""
        essais = {row.seq: Essai({}, Echec.sans_destinataire, definitif=True) for row in rows}
        for row in rows:
            if courriel is None or row.organisation_id is None or not table().avis[row.modele].sans_compte:
                continue
            lien = lien_d_acte(self.settings, row.objet_id, row.organisation_id, self.clock())
            pli = Pli(courriel, (replace(row, destinataire=Relation.sans_compte),))
            remise = await self._hand_over(pli, lien=lien)
            releve.noter(pli, GenreDestinataire.sans_compte, row.organisation_id, remise)
            essais[row.seq] = Essai({digest(row.event_id, courriel): remise})
        return essais

    async def _hand_over(
        self,
        pli: Pli,
        *,
        lien: str | None = None,
        organisation: str = "",
        code: str | None = None,
        valable: datetime | None = None,
    ) -> Remise:
        settings = self.settings
        lettre = Lettre(
            rows=pli.rows,
            origine=settings.public_url,
            lien=lien,
            organisation=organisation,
            code=code,
            valable=valable,
            desinscription=self._desinscription(pli),
        )
        try:
            message = compose(lettre, sender=settings.mail_from, address=pli.address, now=self.clock())
        except ValueError:
            # What the directory holds is no address: nobody can be written to there.
            return Remise(accepte=False, definitif=True, code="5.1.3", echec=Echec.refuse)
        return await self.poste.remettre(message)

    def _desinscription(self, pli: Pli) -> str | None:
        if pli.membre_id is None or not pli.refusables:
            return None
        return lien_de_desinscription(self.settings, pli.membre_id, pli.refusables)


def _sans_objet(row: Claimed) -> bool:
    return sans_objet(table().avis[row.modele], row.etat_orientation, clos=row.clos, acte=row.acte)


def _pli(row: Claimed) -> str:
    return row.pli or f"{row.seq:020}"
