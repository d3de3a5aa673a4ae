"""Use cases: give a referral to a member, propose to pass it on, answer the proposal. None of them commits."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit, outbox
from common.actor import Actor, Role
from common.clock import new_id
from common.codes import Categorie, EtatOrientation, Motif
from common.codes_echanges import Auteur, EtatTransfert
from common.errors import DonneeInvalide, Interdit, VersionPerimee
from common.events.transferts import (
    OrientationAffectee,
    TransfertAccepte,
    TransfertPropose,
    TransfertRefuse,
    TransfertRetire,
    _Transfert,
)
from common.traduction import _
from orientation.orientations import service as orientations
from orientation.orientations.domain import COTES, Action, Cote, decide
from orientation.orientations.models import OrientationRow
from orientation.orientations.store import Vue
from orientation.orientations.store import find as find_orientation
from orientation.orientations.store import lock as lock_orientation
from orientation.partenaires import store as annuaire
from orientation.partenaires.models import MembreRow
from orientation.transferts import domain, store
from orientation.transferts.models import AffectationRow, TransfertRow


async def affecter(
    session: AsyncSession,
    actor: Actor,
    orientation_id: UUID,
    responsable_id: UUID | None,
    now: datetime,
    *,
    version: int | None = None,
) -> OrientationRow:
    """Give a referral to a member of the partner, or to nobody. Raises what `domain.affecter` raises, DonneeInvalide."""
    row = await _tenir(session, actor, orientation_id, Cote.partenaire, version)
    acteur = domain.Acteur(actor.id, actor.has(Role.manager))
    domain.affecter(EtatOrientation(row.etat), row.responsable_id, responsable_id, acteur)
    if responsable_id and responsable_id not in {m.id for m in await store.membres(session, row.partenaire_id)}:
        raise DonneeInvalide(_("Choisissez une personne de votre organisation."), champ="responsable_id")
    await _confier(session, actor, row, responsable_id, now)
    return row


async def rendre_a_l_equipe(session: AsyncSession, actor: Actor, membre_id: UUID, now: datetime) -> None:
    """Give the open referrals that a leaving member followed to nobody; whoever lets it go was allowed to before."""
    for row in await store.suivies_par(session, membre_id):
        await _confier(session, actor, row, None, now)


async def _confier(
    session: AsyncSession, actor: Actor, row: OrientationRow, responsable_id: UUID | None, now: datetime
) -> None:
    row.responsable_id, row.modifiee_at, row.version = responsable_id, now, row.version + 1
    session.add(AffectationRow(id=new_id(), orientation_id=row.id, responsable_id=responsable_id, par=actor.id, at=now))
    event = OrientationAffectee(
        orientation_id=row.id,
        dossier_id=row.dossier_id,
        partenaire_id=row.partenaire_id,
        emetteur_id=row.emetteur_id,
        dispositif=row.dispositif,
        etat=EtatOrientation(row.etat),
        due_at=row.due_at,
        responsable_id=responsable_id,
        acteur_id=actor.id,
    )
    outbox.record(session, event, sequence=row.version, now=now)
    await _consigner(session, actor, row, "orientation.affecter", row.id, now)


async def lire_suivi(
    session: AsyncSession, actor: Actor, orientation_id: UUID
) -> tuple[Vue, Sequence[MembreRow], Sequence[store.Etape]]:
    """A referral with the members who may follow it and who did: for the partner alone. Raises Interdit."""
    vue = await find_orientation(session, actor, orientation_id)
    if Cote.partenaire not in orientations.cotes(actor, vue.orientation):
        raise Interdit(_("Seul le partenaire sait qui suit l’orientation chez lui."))
    membres = await store.membres(session, vue.orientation.partenaire_id)
    return vue, membres, await store.histoire(session, orientation_id)


async def proposer(
    session: AsyncSession,
    actor: Actor,
    orientation_id: UUID,
    partenaire_id: UUID,
    dispositif: str,
    motif: Motif,
    now: datetime,
    *,
    version: int | None = None,
) -> TransfertRow:
    """Propose another partner to the sender. Nothing of the case goes anywhere by it.

    Raises what `domain.verifier_proposition` raises, Introuvable, PartenaireInadapte for one that could not take it.
    """
    row = await _tenir(session, actor, orientation_id, Cote.partenaire, version)
    en_attente = await store.en_attente(session, orientation_id) is not None
    au_meme = (partenaire_id, dispositif) == (row.partenaire_id, row.dispositif)
    domain.verifier_proposition(EtatOrientation(row.etat), motif, en_attente=en_attente, au_meme=au_meme)
    partenaire = await annuaire.find(session, partenaire_id)
    if row.departement not in partenaire.departements or dispositif not in partenaire.dispositifs:
        raise orientations.PartenaireInadapte(_("Choisissez un partenaire de l’annuaire qui le propose."))
    transfert = TransfertRow(
        id=new_id(),
        orientation_id=row.id,
        partenaire_id=partenaire_id,
        dispositif=dispositif,
        motif=motif.value,
        propose_at=now,
    )
    session.add(transfert)
    await _annoncer(session, actor, row, transfert, TransfertPropose, Auteur.partenaire, "proposer", now)
    return transfert


async def accepter(
    session: AsyncSession, actor: Actor, orientation_id: UUID, transfert_id: UUID, now: datetime
) -> TransfertRow:
    """The sender accepts: the first referral closes by the table and the new one is prepared, in this transaction.

    The association is asked for its consent to the other partner: nothing is sent before. Raises what `domain.fin`,
    `decide` and `orientations.creer` raise.
    """
    row, transfert = await _tenir_transfert(session, actor, orientation_id, transfert_id, Cote.emetteur)
    action = domain.fin(EtatOrientation(row.etat), EtatTransfert(transfert.etat))
    motif = Motif(transfert.motif) if action is Action.decliner else None
    decision = decide(row.valeur(), action, COTES[action], now, motif=motif)
    await orientations.appliquer(session, row, decision, action, actor, now)
    projet = orientations.Projet(
        dossier_id=row.dossier_id,
        partenaire_id=transfert.partenaire_id,
        dispositif=transfert.dispositif,
        categories=tuple(Categorie(categorie) for categorie in row.categories),
        predecesseur_id=row.id,
    )
    suivante = await orientations.creer(session, actor, projet, now)
    _decider(transfert, EtatTransfert.accepte, now, suivante.id)
    plus = {"suivante_id": suivante.id}
    await _annoncer(session, actor, row, transfert, TransfertAccepte, Auteur.emetteur, "accepter", now, **plus)
    return transfert


async def refuser(session: AsyncSession, actor: Actor, orientation_id: UUID, transfert_id: UUID, now: datetime) -> TransfertRow:
    """The sender does not pass it on. Raises TransfertDecide, TransfertImpossible."""
    row, transfert = await _tenir_transfert(session, actor, orientation_id, transfert_id, Cote.emetteur)
    domain.fin(EtatOrientation(row.etat), EtatTransfert(transfert.etat))
    _decider(transfert, EtatTransfert.refuse, now)
    await _annoncer(session, actor, row, transfert, TransfertRefuse, Auteur.emetteur, "refuser", now)
    return transfert


async def retirer(session: AsyncSession, actor: Actor, orientation_id: UUID, transfert_id: UUID, now: datetime) -> TransfertRow:
    """The partner takes its proposal back. Raises TransfertDecide, TransfertImpossible."""
    row, transfert = await _tenir_transfert(session, actor, orientation_id, transfert_id, Cote.partenaire)
    domain.fin(EtatOrientation(row.etat), EtatTransfert(transfert.etat))
    _decider(transfert, EtatTransfert.retire, now)
    await _annoncer(session, actor, row, transfert, TransfertRetire, Auteur.partenaire, "retirer", now)
    return transfert


def _decider(transfert: TransfertRow, etat: EtatTransfert, now: datetime, suivante_id: UUID | None = None) -> None:
    transfert.etat, transfert.decide_at, transfert.suivante_id = etat.value, now, suivante_id
    transfert.version += 1


async def _tenir(
    session: AsyncSession, actor: Actor, orientation_id: UUID, cote: Cote, version: int | None = None
) -> OrientationRow:
    row = await lock_orientation(session, actor, orientation_id)
    if cote not in orientations.cotes(actor, row):
        raise Interdit(_("Cette action revient à l’autre partie."))
    if version is not None and version != row.version:
        raise VersionPerimee(_("Relisez l’orientation avant de recommencer."), version=row.version)
    return row


async def _tenir_transfert(
    session: AsyncSession, actor: Actor, orientation_id: UUID, transfert_id: UUID, cote: Cote
) -> tuple[OrientationRow, TransfertRow]:
    row = await _tenir(session, actor, orientation_id, cote)
    return row, await store.find(session, orientation_id, transfert_id)


async def _annoncer(
    session: AsyncSession,
    actor: Actor,
    row: OrientationRow,
    transfert: TransfertRow,
    event: type[_Transfert],
    par: Auteur,
    action: str,
    now: datetime,
    **plus: object,
) -> None:
    commun = {
        "transfert_id": transfert.id,
        "orientation_id": row.id,
        "dossier_id": row.dossier_id,
        "partenaire_id": row.partenaire_id,
        "emetteur_id": row.emetteur_id,
        "vers_partenaire_id": transfert.partenaire_id,
        "dispositif": transfert.dispositif,
        "motif": transfert.motif,
        "etat": transfert.etat,
        "par": par,
        "acteur_id": actor.id,
    }
    outbox.record(session, event.model_validate(commun | plus), sequence=transfert.version, now=now)
    await _consigner(session, actor, row, f"transfert.{action}", transfert.id, now)


async def _consigner(
    session: AsyncSession, actor: Actor, row: OrientationRow, action: str, objet_id: UUID, now: datetime
) -> None:
    await audit.write(
        session,
        orientations.SERVICE,
        actor,
        action,
        objet_id,
        now=now,
        dossier_id=row.dossier_id,
        finalite=orientations.FINALITE,
        consentement_id=row.consentement_id,
    )
