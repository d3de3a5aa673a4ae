"""Judging a case by the current catalogue, with what partners offer in its département."""

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from functools import cache

from sqlmodel.ext.asyncio.session import AsyncSession

from common.codes import Niveau
from common.errors import DonneeInvalide
from orientation.dispositifs.domain import Champ
from orientation.dispositifs.lecture import catalogue_des_fichiers
from orientation.eligibilite.domain import Moteur, Resultat
from orientation.eligibilite.faits import Faits, contradiction
from orientation.eligibilite.rang import Offre
from orientation.partenaires import offres_store


class FaitsContradictoires(DonneeInvalide):
    """Two facts cannot both hold; the refusal names them and says how to correct them."""

    slug, titre = "faits-contradictoires", "Deux informations se contredisent."


@cache
def _des_fichiers() -> Moteur:
    return Moteur(catalogue_des_fichiers().dispositifs())


async def moteur(session: AsyncSession) -> Moteur:
    """The engine of the catalogue as it is now."""
    return _des_fichiers()


async def offres(session: AsyncSession, departement: str, now: datetime) -> dict[str, Offre]:
    """What partners offer in a département, by dispositif: places left, and the quickest partner's usual time."""
    places = await offres_store.places(session, departement, now)
    temps: dict[str, list[timedelta]] = {}
    for (_, dispositif), mesure in (await offres_store.temps_de_reponse(session, now, departement=departement)).items():
        temps.setdefault(dispositif, []).append(mesure.mediane)
    return {code: Offre(places.get(code), min(temps[code]) if code in temps else None) for code in places.keys() | temps.keys()}


async def evaluer(
    session: AsyncSession,
    faits: Faits,
    now: datetime,
    *,
    niveau: Niveau | None = None,
    sauf: AbstractSet[Champ] = frozenset(),
) -> Resultat:
    """Judge, explain and rank. Raises FaitsContradictoires."""
    refuser_contradiction(faits)
    return (await moteur(session)).evaluer(faits, await offres(session, faits.departement, now), niveau, sauf)


def refuser_contradiction(faits: Faits) -> None:
    """Refuse facts that cannot hold together, with both fields and the remedy. Raises FaitsContradictoires."""
    trouvee = contradiction(faits)
    if trouvee:
        erreurs = [{"champ": champ.value, "message": trouvee.remede} for champ in trouvee.champs]
        raise FaitsContradictoires(trouvee.remede, champ=trouvee.champs[0].value, erreurs=erreurs)
