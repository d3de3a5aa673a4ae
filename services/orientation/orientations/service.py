"""Use cases of the referral: prepare, send, act, open, and what happens by itself. None of them commits."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from nats.aio.client import Client
from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit, outbox, writes
from common.actor import DU_PARTENAIRE, Actor, Role
from common.clock import new_id
from common.codes import Categorie, EtatConsentement, EtatDossier, EtatOrientation, Finalite, Motif, MotifRetour
from common.errors import Conflit, Interdit, VersionPerimee
from common.requests import ActeurDemandeur, Divulgation, DossierDivulguer, ask
from common.traduction import N_, _
from orientation.dispositifs.courant import courant
from orientation.dossiers import store as dossiers
from orientation.dossiers.models import DossierRow
from orientation.liens import suivi as liens
from orientation.orientations import store
from orientation.orientations.domain import (
    CLOSES,
    COTES,
    OUVERTES,
    SUR_PERMIS,
    Action,
    Cote,
    Decision,
    Orientation,
    decide,
    proposer,
    refus,
)
from orientation.orientations.models import OrientationRow
from orientation.partenaires.models import PartenaireRow
from orientation.rendez_vous import annonces as rendez_vous

SERVICE = "orientation"
FINALITE = Finalite.orientation

Raison = Motif | MotifRetour
Ecrire = Callable[[OrientationRow], Awaitable[None]]


class DossierNonQualifie(Conflit):
    """Referrals are prepared for a case that was qualified and is still open."""

    slug, titre = "dossier-non-qualifie", N_("Ce dossier n’est pas qualifié, ou il est clos.")


class PartenaireInadapte(Conflit):
    """The partner is not active, not in that territory, or does not carry that dispositif."""

    slug, titre = "partenaire-inadapte", N_("Ce partenaire ne propose pas ce dispositif dans ce département.")


@dataclass(frozen=True, slots=True)
class Projet:
    """What an animateur wants to propose."""

    dossier_id: UUID
    partenaire_id: UUID
    dispositif: str
    categories: tuple[Categorie, ...]
    predecesseur_id: UUID | None = None
    apres_id: UUID | None = None


def cotes(actor: Actor, row: OrientationRow) -> frozenset[Cote]:
    """The sides on which this actor stands in a referral that it may see."""
    sides = set()
    if actor.has(*DU_PARTENAIRE) and actor.organisation_id == row.partenaire_id:
        sides.add(Cote.partenaire)
    if actor.has(Role.lien) and (actor.orientation_id, actor.organisation_id) == (row.id, row.partenaire_id):
        sides.add(Cote.partenaire)
    if actor.has(Role.animateur) and row.departement in actor.departements:
        sides.add(Cote.emetteur)
    return frozenset(sides)


async def verifier(session: AsyncSession, actor: Actor, projet: Projet) -> tuple[DossierRow, PartenaireRow]:
    """The case and the partner of a referral that may be prepared.

    Raises Introuvable for a case outside the actor's territory, DossierNonQualifie, PartenaireInadapte.
    """
    dossier, partenaire = await store.find_ingredients(session, actor, projet.dossier_id, projet.partenaire_id)
    if dossier.etat != EtatDossier.qualifie:
        raise DossierNonQualifie(_("Qualifiez le dossier avant de préparer une orientation."))
    couvre = dossier.departement in partenaire.departements and projet.dispositif in partenaire.dispositifs
    if not (partenaire.actif and couvre):
        raise PartenaireInadapte(_("Choisissez un partenaire de l’annuaire qui le propose."))
    return dossier, partenaire


async def creer(session: AsyncSession, actor: Actor, projet: Projet, now: datetime) -> OrientationRow:
    """Prepare a referral and announce it, so that the association is asked for its consent.

    Raises what `verifier` and `proposer` raise.
    """
    if actor.organisation_id is None:
        raise Interdit
    dossier, partenaire = await verifier(session, actor, projet)
    precedente = None
    if projet.predecesseur_id:
        precedente = (await store.find(session, actor, projet.predecesseur_id)).orientation.valeur()
    attendue = await store.tenir_attendue(session, actor, projet.apres_id) if projet.apres_id else None
    categories = tuple(dict.fromkeys(projet.categories))
    accorde = await dossiers.couvre(session, dossier.id, partenaire.id, categories, now)
    orientation = Orientation(
        id=new_id(),
        dossier_id=dossier.id,
        partenaire_id=partenaire.id,
        emetteur_id=actor.organisation_id,
        dispositif=projet.dispositif,
        departement=dossier.departement,
        jours=partenaire.delai_jours_ouvres,
        categories=categories,
        predecesseur_id=projet.predecesseur_id,
        apres_id=projet.apres_id,
        apres_etat=attendue.etat if attendue else None,
        accord=EtatConsentement.donne if accorde else EtatConsentement.demande,
    )
    decision = proposer(orientation, precedente, attendue, now)
    row = OrientationRow.preparee(decision.apres, now)
    row.dispositif_version = (await courant(session)).version(projet.dispositif)
    writes.insert(session, row)
    await _annoncer(session, row, decision, actor, "orientation.proposer", now)
    return row


async def agir(
    session: AsyncSession,
    actor: Actor,
    orientation_id: UUID,
    action: Action,
    now: datetime,
    *,
    motif: Raison | None = None,
    version: int | None = None,
    ecrire: Ecrire | None = None,
) -> OrientationRow:
    """Do any action that asks no permit; `ecrire` writes what goes with it once the action is known to be possible.

    Raises Introuvable, Interdit, VersionPerimee, what `decide` raises, and what `ecrire` raises.
    """
    if action in SUR_PERMIS:
        raise ValueError("this action asks the ledger first")
    row = await store.lock(session, actor, orientation_id)
    verifier_action(actor, row, action, version)
    decision = decide(row.valeur(), action, COTES[action], now, motif=motif)
    if ecrire:
        await ecrire(row)
    await appliquer(session, row, decision, action, actor, now)
    return row


async def ouvrir(
    session: AsyncSession, nats: Client, actor: Actor, orientation_id: UUID, now: datetime
) -> tuple[OrientationRow, Divulgation]:
    """Open the dossier for the partner: the door first, then our own record. What came through is kept nowhere here.

    The first opening receives the referral. Raises Interdit on the sender's side, TransitionInterdite once it is closed,
    ConsentementManquant, Injoignable.
    """
    row = (await store.find(session, actor, orientation_id)).orientation
    if Cote.partenaire not in cotes(actor, row):
        raise Interdit(_("Seul le partenaire destinataire ouvre le dossier."))
    avant = row.valeur()
    if avant.etat not in OUVERTES:
        raise refus(avant.etat, Cote.partenaire)
    question = DossierDivulguer(
        dossier_id=avant.dossier_id,
        destinataire_id=avant.partenaire_id,
        finalite=FINALITE,
        categories=avant.categories,
        acteur=ActeurDemandeur.of(actor),
        objet_id=avant.id,
    )
    contenu = await ask(nats, SERVICE, question)
    row = await store.lock(session, actor, orientation_id)
    etat = EtatOrientation(row.etat)
    if etat not in OUVERTES:
        raise refus(etat, Cote.partenaire)
    if etat is EtatOrientation.envoyee:
        decision = decide(row.valeur(), Action.recevoir, Cote.partenaire, now)
        await appliquer(session, row, decision, Action.recevoir, actor, now)
    await audit.write(
        session,
        SERVICE,
        actor,
        "orientation.ouvrir",
        row.id,
        now=now,
        dossier_id=row.dossier_id,
        finalite=FINALITE,
        consentement_id=contenu.consentement_id,
        categories=avant.categories,
    )
    return row, contenu


def verifier_action(actor: Actor, row: OrientationRow, action: Action, version: int | None) -> None:
    """Whether this actor stands on the side of the action, and has read the newest version. Raises Interdit, VersionPerimee."""
    if COTES[action] not in cotes(actor, row):
        raise Interdit(_("Cette action revient à l’autre partie."))
    if version is not None and version != row.version:
        raise VersionPerimee(_("Relisez l’orientation avant de recommencer."), version=row.version)


async def appliquer(
    session: AsyncSession, row: OrientationRow, decision: Decision, action: Action, actor: Actor, now: datetime
) -> None:
    """Write what was decided of a referral that is held, announce it and record who did it."""
    avant = row.etat
    row.prendre(decision.apres, action, now, decision.retour)
    if row.etat != avant:
        await store.prevenir_suites(session, decision.apres, now)
    if decision.apres.etat in CLOSES:
        await rendez_vous.clore(session, row, actor, now)
    await _annoncer(session, row, decision, actor, f"orientation.{action.value.replace('-', '_')}", now)
    await liens.suivre(session, row, action, actor, now)


async def _annoncer(
    session: AsyncSession, row: OrientationRow, decision: Decision, actor: Actor, nom: str, now: datetime
) -> None:
    for event in decision.events:
        outbox.record(session, event.model_copy(update={"acteur_id": actor.id}), sequence=row.version, now=now)
    await audit.write(
        session,
        SERVICE,
        actor,
        nom,
        row.id,
        now=now,
        dossier_id=row.dossier_id,
        finalite=FINALITE,
        consentement_id=row.consentement_id,
        categories=decision.apres.categories,
    )
