"""Use cases of the sheet: a manager keeps what its organisation says of itself. None of them commits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit
from common.actor import Actor
from common.calendrier import date_locale
from common.clock import new_id
from common.errors import DonneeInvalide, Introuvable, VersionPerimee
from common.traduction import _
from orientation.fiches import domain, schemas, store
from orientation.fiches.horaires import en_osm
from orientation.fiches.models import AbsenceRow, FicheRow
from orientation.partenaires import offres_store
from orientation.partenaires.domain import Delais, Places, delais
from orientation.partenaires.models import PartenaireRow
from orientation.partenaires.offres_store import Offre, TempsDeReponse

SIEGE_INCONNU = "75"


@dataclass(frozen=True, slots=True)
class OffreLue:
    """A dispositif that an organisation carries: its delays, its places and its measured response time, where known."""

    dispositif: str
    delais: Delais
    places: Places | None
    temps: TempsDeReponse | None


def aujourd_hui(partenaire: PartenaireRow, now: datetime) -> date:
    """The date on the clocks of an organisation's first département."""
    return date_locale(now, partenaire.departements[0] if partenaire.departements else SIEGE_INCONNU)


@dataclass(frozen=True, slots=True)
class Disponibilites:
    """Who of a département can take somebody on today."""

    places: Mapping[Offre, Places | None]
    absents: Mapping[UUID, store.Absent]

    def rang(self, partenaire_id: UUID, dispositif: str) -> int:
        """Where an offer stands: those that can answer now, then those that are full, then those that are away."""
        if partenaire_id in self.absents:
            return 2
        declarees = self.places.get((partenaire_id, dispositif))
        return 1 if declarees and declarees.is_atteinte else 0


async def disponibilites(session: AsyncSession, departement: str, now: datetime) -> Disponibilites:
    """The places left and the absences of today among a département's partners."""
    return Disponibilites(
        await offres_store.places_par_offre(session, now, departement=departement),
        await store.absents(session, departement, date_locale(now, departement)),
    )


async def offres_de(session: AsyncSession, partenaire: PartenaireRow, now: datetime) -> list[OffreLue]:
    """What an organisation carries and declares: public."""
    declarees = await store.offres(session, partenaire.id)
    places = await offres_store.places_par_offre(session, now, partenaires=[partenaire.id])
    temps = await offres_store.temps_de_reponse(session, now, partenaires=[partenaire.id])
    lues = []
    for code in partenaire.dispositifs:
        declaree, cle = declarees.get(code), (partenaire.id, code)
        propres = (declaree.delai_lecture, declaree.delai_reponse) if declaree else (None, None)
        calcules = delais(*propres, partenaire.delai_lecture, partenaire.delai_jours_ouvres)
        lues.append(OffreLue(code, calcules, places.get(cle), temps.get(cle)))
    return lues


async def ecrire(session: AsyncSession, actor: Actor, saisie: schemas.Fiche, now: datetime) -> None:
    """Take what the sheet says. Raises Introuvable, VersionPerimee when somebody else has changed it meanwhile."""
    await _changer(session, actor, saisie.model_dump(exclude={"version"}), saisie.version, now)


async def ouvrir_a(session: AsyncSession, actor: Actor, saisie: schemas.Horaires, now: datetime) -> None:
    """Take the opening hours. Raises as `ecrire`, and DonneeInvalide for a week that is too long to be kept."""
    horaires = en_osm(saisie.semaine())
    if len(horaires) > 300:
        raise DonneeInvalide(_("Donnez moins de plages d’ouverture."), champ="lundi")
    await _changer(session, actor, {"horaires": horaires}, saisie.version, now)


async def _changer(session: AsyncSession, actor: Actor, valeurs: dict[str, Any], version: int, now: datetime) -> None:
    partenaire = await store.find_partenaire(session, actor, lock=True)
    row = await store.fiche(session, partenaire.id)
    if version != (row.version if row else 0):
        raise VersionPerimee(_("Quelqu’un de votre organisation l’a changée entre-temps : relisez la fiche et recommencez."))
    valeurs |= {"modifiee_at": now, "saisie_at": now}
    if row is None:
        session.add(FicheRow(partenaire_id=partenaire.id, **valeurs))
    else:
        for nom, valeur in (valeurs | {"version": version + 1}).items():
            setattr(row, nom, valeur)
    await audit.write(session, "orientation", actor, "fiche.modifier", partenaire.id, now=now)


async def s_engager(session: AsyncSession, actor: Actor, saisie: schemas.Engagement, now: datetime) -> None:
    """Take the organisation's own delays. They count for referrals that are sent from now on."""
    partenaire = await store.find_partenaire(session, actor, lock=True)
    if saisie.delai_lecture and saisie.delai_lecture > saisie.delai_jours_ouvres:
        raise DonneeInvalide(_("On lit une orientation avant d’y répondre."), champ="delai_lecture")
    partenaire.delai_jours_ouvres, partenaire.delai_lecture = saisie.delai_jours_ouvres, saisie.delai_lecture
    partenaire.saisi_at = now
    await audit.write(session, "orientation", actor, "partenaire.sengager", partenaire.id, now=now)


async def offrir(session: AsyncSession, actor: Actor, dispositif: str, saisie: schemas.Offre, now: datetime) -> None:
    """Take what is declared about one dispositif. Raises Introuvable when the organisation does not carry it."""
    partenaire = await store.find_partenaire(session, actor, lock=True)
    if dispositif not in partenaire.dispositifs:
        raise Introuvable
    if (saisie.capacite is None) != (saisie.periode is None):
        champ = "periode" if saisie.periode is None else "capacite"
        raise DonneeInvalide(_("Une capacité s’entend pour une période : donnez les deux, ou aucune."), champ=champ)
    if saisie.delai_lecture and saisie.delai_reponse and saisie.delai_lecture > saisie.delai_reponse:
        raise DonneeInvalide(_("On lit une orientation avant d’y répondre."), champ="delai_lecture")
    offre = {"partenaire_id": partenaire.id, "dispositif": dispositif, "saisie_at": now} | saisie.model_dump(mode="json")
    await offres_store.declarer(session, [offre])
    await audit.write(session, "orientation", actor, "offre.declarer", partenaire.id, now=now)


async def s_absenter(session: AsyncSession, actor: Actor, saisie: schemas.Absence, now: datetime) -> None:
    """Announce an absence. Raises DonneeInvalide, AbsenceChevauche, Introuvable for a substitute that is none."""
    partenaire = await store.find_partenaire(session, actor, lock=True)
    jour = aujourd_hui(partenaire, now)
    genre, ident = saisie.choix()
    connus = {
        "": {""},
        "partenaire": {str(p.id) for p in await store.remplacants(session, partenaire)},
        "membre": {str(m.id) for m in await store.membres(session, actor)},
    }
    if ident not in connus[genre]:
        raise DonneeInvalide(_("Choisissez un remplaçant de la liste."), champ="remplacant")
    autre, membre = (UUID(ident) if genre == nom else None for nom in ("partenaire", "membre"))
    connues = [absent.absence.valeur() for absent in await store.absences(session, partenaire.id, jour)]
    absence = domain.annoncer(domain.Absence(saisie.du, saisie.au, autre, membre), connues, partenaire.id, jour)
    row = AbsenceRow(
        id=new_id(),
        partenaire_id=partenaire.id,
        du=absence.du,
        au=absence.au,
        remplacant_partenaire_id=absence.partenaire_id,
        remplacant_membre_id=absence.membre_id,
    )
    session.add(row)
    await audit.write(session, "orientation", actor, "absence.annoncer", row.id, now=now)


async def effacer_absence(session: AsyncSession, actor: Actor, absence_id: UUID, now: datetime) -> None:
    """Take an absence back for good: what it said is kept nowhere. Raises Introuvable."""
    row = await store.find_absence(session, actor, absence_id)
    await session.delete(row)
    await audit.write(session, "orientation", actor, "absence.effacer", row.id, now=now)
