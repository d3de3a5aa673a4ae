"""The day of an actor: what is late, due today and this week, who meets whom, who waits for an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.calendrier import date_locale
from common.codes_echanges import Auteur
from orientation.journee import store
from orientation.journee.domain import BLOCS, Bloc, ranger, tours
from orientation.journee.store import Attente
from orientation.listes.domain import Echeance, reperes
from orientation.listes.filtres import cote_de
from orientation.orientations.domain import Cote
from orientation.orientations.store import Vue

AUTEURS = {Cote.partenaire: Auteur.partenaire, Cote.emetteur: Auteur.emetteur}


@dataclass(frozen=True, slots=True)
class Journee:
    """What awaits somebody. `vues` holds the referrals that the bands name; counts are None where they are not this role's."""

    cote: Cote
    blocs: dict[Echeance, Bloc]
    vues: dict[UUID, Vue]
    rendez_vous: Sequence[Attente]
    propositions: Sequence[Attente]
    transferts: Sequence[Attente]
    a_qualifier: int | None
    adhesions: int | None

    @property
    def vide(self) -> bool:
        """Whether nothing at all needs this person."""
        return not (
            any(bloc.ids for bloc in self.blocs.values())
            or self.rendez_vous
            or self.propositions
            or self.transferts
            or self.a_qualifier
            or self.adhesions
        )


async def journee(session: AsyncSession, actor: Actor, now: datetime) -> Journee:
    """Everything of this service that needs this actor at `now`. Raises Interdit for who has no referrals."""
    cote = cote_de(actor)
    moments = cache(lambda departement: reperes(now, departement))
    blocs = dict(ranger(await store.candidates(session, actor, tours(cote, now)), now, moments))
    vues = await store.montrer(session, actor, [ident for bande in BLOCS for ident in blocs[bande].ids])
    echanges = await store.rendez_vous(session, actor, AUTEURS[cote], now)
    du_jour = [a for a in echanges if a.at and date_locale(a.at, a.departement) == date_locale(now, a.departement)]
    return Journee(
        cote=cote,
        blocs=blocs,
        vues=vues,
        rendez_vous=du_jour,
        propositions=[a for a in echanges if a.propose],
        transferts=await store.transferts(session, actor) if cote is Cote.emetteur else (),
        a_qualifier=await store.a_qualifier(session, actor) if cote is Cote.emetteur else None,
        adhesions=await store.adhesions(session, actor, now) if actor.has(Role.manager) else None,
    )
