"""Use cases of appointments: propose, propose again, confirm, cancel, read, take along. None of them commits."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit
from common.actor import Actor
from common.clock import new_id
from common.codes import EtatOrientation
from common.codes_echanges import Auteur, EtatRendezVous, MotifAnnulation
from common.errors import Introuvable, VersionPerimee
from common.traduction import _
from orientation.orientations.domain import OUVERTES, Cote
from orientation.orientations.models import OrientationRow
from orientation.orientations.service import SERVICE, cotes
from orientation.orientations.store import Vue
from orientation.orientations.store import find as find_orientation
from orientation.orientations.store import lock as lock_orientation
from orientation.rendez_vous import annonces, calendrier, domain, store
from orientation.rendez_vous.domain import Creneau
from orientation.rendez_vous.models import CreneauRow, RendezVousRow
from orientation.rendez_vous.store import Fiche


def partie(actor: Actor, row: OrientationRow) -> Auteur:
    """The side for which this actor makes appointments about a referral that it may see."""
    return Auteur.partenaire if Cote.partenaire in cotes(actor, row) else Auteur.emetteur


async def proposer(
    session: AsyncSession, actor: Actor, orientation_id: UUID, creneaux: Sequence[Creneau], now: datetime
) -> RendezVousRow:
    """Propose one to five slots. Raises Introuvable, RendezVousImpossible, RendezVousEnAttente, CreneauxInvalides."""
    orientation = await _tenir(session, actor, orientation_id)
    domain.verifier_creneaux(creneaux, now)
    fiches = await store.liste(session, orientation_id)
    if any(fiche.row.etat == EtatRendezVous.propose for fiche in fiches):
        raise domain.RendezVousEnAttente(_("Répondez à cette proposition, ou annulez-la."))
    if len(fiches) >= domain.PAR_ORIENTATION:
        raise domain.TropDeRendezVous(_("Convenez du prochain directement."))
    par = partie(actor, orientation)
    row = RendezVousRow(
        id=new_id(),
        orientation_id=orientation_id,
        etat=EtatRendezVous.propose.value,
        propose_par=par.value,
        propose_at=now,
        creee_at=now,
        modifiee_at=now,
    )
    session.add(row)
    await session.flush()
    session.add_all(_lignes(row, {new_id(): creneau for creneau in creneaux}))
    await annonces.proposition(session, orientation, row, par, actor, now)
    return row


async def reproposer(
    session: AsyncSession,
    actor: Actor,
    orientation_id: UUID,
    rendez_vous_id: UUID,
    creneaux: Sequence[Creneau],
    now: datetime,
    *,
    version: int | None = None,
) -> RendezVousRow:
    """Propose other slots instead. Raises what `proposer` and `domain.reproposer` raise, VersionPerimee."""
    orientation, fiche = await _tenir_fiche(session, actor, orientation_id, rendez_vous_id, version)
    par, nouveaux = partie(actor, orientation), {new_id(): creneau for creneau in creneaux}
    apres = domain.reproposer(fiche.valeur, nouveaux, par, now)
    if fiche.row.etat != EtatRendezVous.propose and any(
        autre.row.etat == EtatRendezVous.propose for autre in await store.liste(session, orientation_id)
    ):
        raise domain.RendezVousEnAttente(_("Répondez à cette proposition, ou annulez-la."))
    fiche.row.prendre(apres, now)
    session.add_all(_lignes(fiche.row, nouveaux))
    await annonces.proposition(session, orientation, fiche.row, par, actor, now)
    return fiche.row


async def confirmer(
    session: AsyncSession,
    actor: Actor,
    orientation_id: UUID,
    rendez_vous_id: UUID,
    creneau_id: UUID,
    now: datetime,
    *,
    pour_association: bool = False,
    version: int | None = None,
) -> RendezVousRow:
    """Take one of the proposed slots. Raises what `domain.confirmer` raises, RendezVousImpossible, VersionPerimee."""
    orientation, fiche = await _tenir_fiche(session, actor, orientation_id, rendez_vous_id, version)
    par = partie(actor, orientation)
    apres = domain.confirmer(fiche.valeur, creneau_id, par, now, pour_association=pour_association)
    fiche.row.prendre(apres, now)
    fiche.row.confirme_par, fiche.row.confirme_at, fiche.row.pour_association = par.value, now, pour_association
    await annonces.confirmation(session, orientation, fiche, par, actor, now)
    return fiche.row


async def annuler(
    session: AsyncSession,
    actor: Actor,
    orientation_id: UUID,
    rendez_vous_id: UUID,
    motif: MotifAnnulation | None,
    now: datetime,
    *,
    version: int | None = None,
) -> RendezVousRow:
    """It will not take place. Raises what `domain.annuler` raises, VersionPerimee."""
    orientation, fiche = await _tenir_fiche(session, actor, orientation_id, rendez_vous_id, version)
    await annonces.annulation(session, orientation, fiche, motif, partie(actor, orientation), actor, now)
    return fiche.row


async def lire(session: AsyncSession, actor: Actor, orientation_id: UUID, now: datetime) -> tuple[Vue, Sequence[Fiche]]:
    """A referral with its appointments; reading these is recorded, since a place is free text."""
    vue = await find_orientation(session, actor, orientation_id)
    fiches = await store.liste(session, orientation_id)
    if fiches:
        await _consigner_lecture(session, actor, vue, orientation_id, now)
    return vue, fiches


async def fichier(
    session: AsyncSession, actor: Actor, orientation_id: UUID, rendez_vous_id: UUID, now: datetime, origine: str
) -> bytes:
    """The calendar file of an appointment that was confirmed once; of one that does not hold any more, its cancellation.

    The place goes with it as long as the referral is open. Raises Introuvable for one that was never confirmed.
    """
    vue = await find_orientation(session, actor, orientation_id)
    fiche = await store.find(session, orientation_id, rendez_vous_id)
    if fiche.retenu is None:
        raise Introuvable(_("Ce rendez-vous n’a pas encore été confirmé."))
    avec_lieu = EtatOrientation(vue.orientation.etat) in OUVERTES
    if avec_lieu and fiche.retenu.lieu:
        await _consigner_lecture(session, actor, vue, rendez_vous_id, now)
    return calendrier.fichier(vue, fiche, fiche.retenu, origine, avec_lieu=avec_lieu)


async def _consigner_lecture(session: AsyncSession, actor: Actor, vue: Vue, objet_id: UUID, now: datetime) -> None:
    await audit.write(session, SERVICE, actor, "rendez_vous.lire", objet_id, now=now, dossier_id=vue.orientation.dossier_id)


async def _tenir(session: AsyncSession, actor: Actor, orientation_id: UUID) -> OrientationRow:
    orientation = await lock_orientation(session, actor, orientation_id)
    if EtatOrientation(orientation.etat) not in domain.POSSIBLE:
        raise domain.RendezVousImpossible
    return orientation


async def _tenir_fiche(
    session: AsyncSession, actor: Actor, orientation_id: UUID, rendez_vous_id: UUID, version: int | None
) -> tuple[OrientationRow, Fiche]:
    orientation = await _tenir(session, actor, orientation_id)
    fiche = await store.find(session, orientation_id, rendez_vous_id)
    if version is not None and version != fiche.row.version:
        raise VersionPerimee(_("Relisez le rendez-vous avant de recommencer."), version=fiche.row.version)
    return orientation, fiche


def _lignes(row: RendezVousRow, creneaux: dict[UUID, Creneau]) -> list[CreneauRow]:
    return [
        CreneauRow(
            id=id_,
            rendez_vous_id=row.id,
            tour=row.tour,
            rang=rang,
            debut=creneau.debut,
            minutes=creneau.minutes,
            mode=creneau.mode.value,
            lieu=creneau.lieu.strip(),
        )
        for rang, (id_, creneau) in enumerate(creneaux.items(), 1)
    ]
