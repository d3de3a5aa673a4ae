"""Judging a case by the current catalogue, with what partners offer in its département."""

from collections import deque
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from nats.aio.client import Client
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor
from common.codes import BandeBudget, Horizon, Niveau
from common.errors import DonneeInvalide, Injoignable, Interdit, Introuvable
from common.requests import ActeurDemandeur, DossierFaits, ask
from common.traduction import N_
from orientation.dispositifs.courant import Courant, courant
from orientation.dispositifs.domain import Champ
from orientation.dossiers.models import DossierRow
from orientation.eligibilite.domain import Moteur, Resultat
from orientation.eligibilite.faits import Connus, Faits, contradiction, deduire, faits_du_dossier, preciser
from orientation.eligibilite.rang import Offre
from orientation.partenaires import offres_store
from orientation.partenaires.domain import Places


class FaitsContradictoires(DonneeInvalide):
    """Two facts cannot both hold; the refusal names them and says how to correct them."""

    slug, titre = "faits-contradictoires", N_("Deux informations se contredisent.")


Declarees = Mapping[offres_store.Offre, Places | None]

# The engines of the catalogues that were current last; a process serves one database, tests have several.
_moteurs: deque[tuple[Courant, Moteur]] = deque(maxlen=4)


async def moteur(session: AsyncSession) -> Moteur:
    """The engine of the catalogue as it is published at this moment, compiled once for each publication."""
    catalogue = await courant(session)
    connu = next((moteur for compile_de, moteur in _moteurs if compile_de is catalogue), None)
    if connu is None:
        connu = Moteur(catalogue.dispositifs.values())
        _moteurs.append((catalogue, connu))
    return connu


async def offres(
    session: AsyncSession, departement: str, now: datetime, declarees: Declarees | None = None
) -> dict[str, Offre]:
    """What partners offer in a département, by dispositif: places left, and the quickest partner's usual time.

    `declarees` are the places of that département, for who has read them already.
    """
    if declarees is None:
        places = await offres_store.places(session, departement, now)
    else:
        places = offres_store.par_dispositif(declarees)
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
    declarees: Declarees | None = None,
) -> Resultat:
    """Judge, explain and rank. Raises FaitsContradictoires."""
    refuser_contradiction(faits)
    offertes = await offres(session, faits.departement, now, declarees) if faits.departement else {}
    return (await moteur(session)).evaluer(faits, offertes, niveau, sauf)


@dataclass(frozen=True, slots=True)
class Examen:
    """What the engine says of a case, and the facts that it read. `exacts` is False when only bands were at hand."""

    resultat: Resultat
    connus: Connus
    exacts: bool


async def examiner(
    session: AsyncSession, nats: Client, actor: Actor, dossier: DossierRow, now: datetime, declarees: Declarees
) -> Examen:
    """A case that this animateur is in charge of, by its exact facts.

    They are asked of signalement, which writes in the log who asked, and are kept nowhere. When it refuses or does not
    answer, the bands that its events gave must do: fewer criteria are settled, and none differently.
    """
    faits = faits_du_dossier(
        dossier.departement, Horizon(dossier.horizon), BandeBudget(dossier.budget), dossier.emplois, dossier.indicateurs
    )
    try:
        exacts = await ask(nats, "orientation", DossierFaits(dossier_id=dossier.id, acteur=ActeurDemandeur.of(actor)))
    except (Interdit, Introuvable, Injoignable):
        exacts = None
    if exacts:
        faits = preciser(faits, exacts.etp, exacts.budget, exacts.mois_avant_rupture, exacts.indicateurs)
    niveau = Niveau(dossier.niveau) if dossier.niveau else None
    resultat = await evaluer(session, faits, now, niveau=niveau, declarees=declarees)
    return Examen(resultat, deduire(faits), exacts is not None)


def refuser_contradiction(faits: Faits) -> None:
    """Refuse facts that cannot hold together, with both fields and the remedy. Raises FaitsContradictoires."""
    trouvee = contradiction(faits)
    if trouvee:
        erreurs = [{"champ": champ.value, "message": trouvee.remede} for champ in trouvee.champs]
        raise FaitsContradictoires(trouvee.remede, champ=trouvee.champs[0].value, erreurs=erreurs)
