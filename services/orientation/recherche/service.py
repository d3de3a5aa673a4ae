"""Looking for something: referrals that the actor may see, and organisations of the public directory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor
from common.codes import EtatOrientation
from common.recherche import RESULTATS_MAX
from orientation.listes import store as listes
from orientation.listes.domain import Filtre, tranches
from orientation.listes.filtres import cote_de
from orientation.orientations.store import Vue
from orientation.partenaires.models import PartenaireRow
from orientation.recherche import store
from orientation.recherche.domain import Requete


@dataclass(frozen=True, slots=True)
class Resultat:
    """What was found, at most `RESULTATS_MAX` of each; `encore` says that more referrals were."""

    orientations: Sequence[Vue] = ()
    organisations: Sequence[PartenaireRow] = ()
    encore: bool = False


async def chercher(session: AsyncSession, actor: Actor, requete: Requete, now: datetime) -> Resultat:
    """What this actor may see of what is looked for."""
    if requete.identifiants:
        return Resultat(await store.par_identifiant(session, actor, requete.identifiants, RESULTATS_MAX))
    vues: Sequence[Vue] = ()
    suite = None
    if requete.reference:
        ordre = tranches(cote_de(actor), now, tuple(EtatOrientation))
        filtre = Filtre(recherche=requete.reference)
        vues, suite = await listes.page(session, actor, ordre, filtre, None, now, RESULTATS_MAX)
    organisations = await store.organisations(session, requete.mots, RESULTATS_MAX) if requete.mots else ()
    return Resultat(vues, organisations, suite is not None)
