"""A case as its animateur sees it, and the re-orientation proposed when a referral ended without help."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor
from common.cas import EtatCas
from common.codes import BandeBudget, EtatOrientation, Horizon, Motif, Niveau
from orientation.cas import store
from orientation.cas.domain import Essai, Porteur, Rang, Suite, suites
from orientation.dossiers import store as dossiers
from orientation.dossiers.models import DossierRow
from orientation.eligibilite.faits import faits_du_dossier
from orientation.eligibilite.service import evaluer
from orientation.eligibilite.verdicts import Verdict
from orientation.fiches.service import disponibilites
from orientation.orientations.domain import NEGATIVES
from orientation.orientations.store import Vue, find, predecesseurs
from orientation.partenaires.store import of_departement


@dataclass(frozen=True, slots=True)
class Cas:
    """A case, its derived state and its referrals, the newest first."""

    dossier: DossierRow
    etat: EtatCas
    orientations: Sequence[Vue]


@dataclass(frozen=True, slots=True)
class Reorientation:
    """What is proposed after a referral; `motif` is why it ended. Nothing is as long as it may still help."""

    orientation_id: UUID
    motif: Motif | None
    suites: tuple[Suite, ...]


async def lire(session: AsyncSession, actor: Actor, dossier_id: UUID) -> Cas:
    """One case. Raises `Introuvable`."""
    dossier = await dossiers.find(session, actor, dossier_id)
    etats = await store.etats(session, actor, [dossier_id])
    return Cas(dossier, etats[dossier_id], await predecesseurs(session, actor, dossier_id))


async def reorienter(session: AsyncSession, actor: Actor, orientation_id: UUID, now: datetime) -> Reorientation:
    """The next best for the case of a referral that ended without help, its reason carried over. Raises `Introuvable`."""
    vue = await find(session, actor, orientation_id)
    dossier = await dossiers.find(session, actor, vue.orientation.dossier_id)
    orientation = vue.orientation.valeur()
    trouvees: tuple[Suite, ...] = ()
    if orientation.etat in NEGATIVES:
        essais = [
            Essai(v.orientation.partenaire_id, v.orientation.dispositif, EtatOrientation(v.orientation.etat), _motif(v))
            for v in await predecesseurs(session, actor, dossier.id)
        ]
        porteurs = await _porteurs(session, dossier.departement, now)
        trouvees = suites(await _rangs(session, dossier, porteurs, now), porteurs, essais)
    return Reorientation(orientation_id, orientation.motif, trouvees)


def _motif(vue: Vue) -> Motif | None:
    return Motif(vue.orientation.motif) if vue.orientation.motif else None


async def _porteurs(session: AsyncSession, departement: str, now: datetime) -> dict[str, list[Porteur]]:
    """Who carries each dispositif: those who can answer now first, then those who are full, then those who are away."""
    libres = await disponibilites(session, departement, now)
    porteurs: dict[str, list[Porteur]] = defaultdict(list)
    for partenaire in await of_departement(session, departement):
        for dispositif in partenaire.dispositifs:
            porteurs[dispositif].append(Porteur(partenaire.id, partenaire.libelle))
    for dispositif, liste in porteurs.items():
        liste.sort(key=lambda p: libres.rang(p.partenaire_id, dispositif))
    return porteurs


async def _rangs(session: AsyncSession, dossier: DossierRow, porteurs: dict[str, list[Porteur]], now: datetime) -> list[Rang]:
    """The engine's order, without what it excludes; then what partners carry and the catalogue does not know."""
    faits = faits_du_dossier(
        dossier.departement, Horizon(dossier.horizon), BandeBudget(dossier.budget), dossier.emplois, dossier.indicateurs
    )
    resultat = await evaluer(session, faits, now, niveau=Niveau(dossier.niveau) if dossier.niveau else None)
    connus = {proposition.dispositif.code for proposition in resultat.propositions}
    rangs = [
        Rang(p.dispositif.code, p.rang_explication, p.places) for p in resultat.propositions if p.verdict is not Verdict.non
    ]
    return rangs + [Rang(code, "") for code in sorted(porteurs.keys() - connus)]
