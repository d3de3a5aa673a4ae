"""Use cases of lots: say what would happen to each, then do it to each, in a savepoint of its own. None of them commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from nats.aio.client import Client
from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit, writes
from common.actor import Actor
from common.codes import Categorie, EtatDossier
from common.codes_echanges import ActionLot
from common.errors import Conflit, Erreur, Injoignable, Introuvable
from common.traduction import N_, _
from orientation.lots import store
from orientation.lots.domain import Cible, verifier, verifier_choix, verifier_relance
from orientation.lots.models import LotRow
from orientation.orientations import service as orientations
from orientation.orientations.domain import Action, Cote, decide
from orientation.orientations.engagement import engager
from orientation.orientations.store import Vue
from orientation.orientations.store import lock as lock_orientation
from orientation.partenaires import store as annuaire

INTERBLOCAGE = "40P01"


class Occupee(Conflit):
    """Somebody else was at the same referral, each waiting for the other: this one gave way."""

    slug, titre = "orientation-occupee", N_("Quelqu’un d’autre agit sur cette orientation.")


@dataclass(frozen=True, slots=True)
class Prevision:
    """What would happen to one referral: nothing stands in the way, or `refus` does. `vue` is None for what is not seen."""

    orientation_id: UUID
    vue: Vue | None
    refus: Erreur | None


async def prevoir(
    session: AsyncSession, actor: Actor, action: ActionLot, ids: Sequence[UUID], cible: Cible | None, now: datetime
) -> list[Prevision]:
    """The preview, in the order of the choice. Raises what `verifier_choix` raises, Introuvable for an unknown partner."""
    verifier_choix(ids, action, cible)
    partenaire = await annuaire.find(session, cible.partenaire_id) if cible else None
    choisies = await store.choisies(session, actor, ids)
    previsions = []
    for orientation_id in ids:
        choisie = choisies.get(orientation_id)
        refus: Erreur | None = None
        try:
            if choisie is None:
                raise Introuvable(_("Cette orientation n’est pas de votre territoire."))
            vue = choisie.vue
            if Cote.emetteur not in orientations.cotes(actor, vue.orientation):
                raise Introuvable(_("Cette orientation n’est pas de votre territoire."))
            verifier(choisie.candidate, action, now)
            if action is ActionLot.envoyer and not vue.partenaire.actif:
                raise orientations.PartenaireInadapte(_("Ce partenaire ne reçoit plus d’orientations."))
            if cible and partenaire:
                if vue.dossier.etat != EtatDossier.qualifie:
                    raise orientations.DossierNonQualifie(_("Un dossier clos ne se réoriente pas."))
                if vue.orientation.departement not in partenaire.departements or cible.dispositif not in partenaire.dispositifs:
                    raise orientations.PartenaireInadapte(_("Choisissez un appui de ce département."))
        except Erreur as error:
            refus = error
        previsions.append(Prevision(orientation_id, choisie.vue if choisie else None, refus))
    return previsions


async def faire(
    session: AsyncSession,
    nats: Client,
    actor: Actor,
    lot_id: UUID,
    action: ActionLot,
    versions: dict[UUID, int],
    cible: Cible | None,
    now: datetime,
) -> LotRow:
    """Do it to each referral that is still as it was previewed; a refusal undoes nothing of the others.

    The same lot asked for twice is done once, and answers the same. In the order of the ids, so that two lots at the same
    time wait for each other instead of blocking. Raises what `verifier_choix` raises, Introuvable for somebody else's lot.
    """
    verifier_choix(list(versions), action, cible)
    if not await store.prendre(session, actor, lot_id, action, now):
        return await store.find(session, actor, lot_id)
    lignes: list[dict[str, Any]] = []
    coupure: Injoignable | None = None
    for orientation_id in sorted(versions):
        ligne: dict[str, Any] = {"orientation_id": str(orientation_id), "probleme": None, "suivante_id": None}
        try:
            # When the ledger does not answer for one, it is not asked, and waited for, a hundred times.
            if coupure:
                raise coupure
            async with writes.savepoint(session):
                version = versions[orientation_id]
                suivante_id = await _un(session, nats, actor, orientation_id, action, version, cible, now)
                await session.flush()
            ligne["suivante_id"] = suivante_id and str(suivante_id)
        except Erreur as refus:
            coupure = refus if isinstance(refus, Injoignable) else None
            ligne["probleme"] = refus.problem()
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != INTERBLOCAGE:
                raise
            ligne["probleme"] = Occupee(_("Recommencez pour celle-ci.")).problem()
        lignes.append(ligne)
    row = await store.find(session, actor, lot_id)
    row.lignes = lignes
    await audit.write(session, orientations.SERVICE, actor, f"lot.{action.value}", lot_id, now=now)
    return row


async def _un(
    session: AsyncSession,
    nats: Client,
    actor: Actor,
    orientation_id: UUID,
    action: ActionLot,
    version: int,
    cible: Cible | None,
    now: datetime,
) -> UUID | None:
    if action is ActionLot.envoyer:
        await engager(session, nats, actor, orientation_id, Action.envoyer, now, version=version)
        return None
    if action is ActionLot.annuler:
        await orientations.agir(session, actor, orientation_id, Action.annuler, now, version=version)
        return None
    row = await lock_orientation(session, actor, orientation_id)
    # An animateur reminds and re-orients as the sender of the referral.
    orientations.verifier_action(actor, row, Action.annuler, version)
    if action is ActionLot.relancer:
        verifier_relance(row.relancee_at, now)
        decision = decide(row.valeur(), Action.relancer, Cote.systeme, now)
        await orientations.appliquer(session, row, decision, Action.relancer, actor, now)
        return None
    choisie = (await store.choisies(session, actor, [orientation_id]))[orientation_id]
    verifier(choisie.candidate, action, now)
    assert cible is not None  # noqa: S101 - `verifier_choix` has seen to it.
    projet = orientations.Projet(
        dossier_id=row.dossier_id,
        partenaire_id=cible.partenaire_id,
        dispositif=cible.dispositif,
        categories=tuple(Categorie(categorie) for categorie in row.categories),
        predecesseur_id=row.id,
    )
    return (await orientations.creer(session, actor, projet, now)).id
