"""What opens a referral to its partner: on a permit of the consent ledger, and alone where the dispositif wants it."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from nats.aio.client import Client
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor
from common.codes import EtatDossier
from common.errors import Conflit
from common.requests import ActeurDemandeur, ConsentementPermis, ask
from common.traduction import N_, _
from orientation.dispositifs.courant import courant
from orientation.dossiers import store as dossiers
from orientation.orientations import service, store
from orientation.orientations.domain import COTES, RETOURS, Action, Orientation, decide
from orientation.orientations.models import OrientationRow
from orientation.partenaires.offres_store import delais


class DispositifExclusif(Conflit):
    """An exclusive dispositif takes one open referral of a case at a time."""

    slug, titre = "dispositif-exclusif", N_("Ce dispositif n’accepte qu’une orientation ouverte à la fois pour un dossier.")


async def engager(
    session: AsyncSession,
    nats: Client,
    actor: Actor,
    orientation_id: UUID,
    action: Action,
    now: datetime,
    *,
    motif: service.Raison | None = None,
    version: int | None = None,
) -> OrientationRow:
    """Do what opens a referral to its partner: send it, send it again, take its end back.

    The ledger is asked, and what it says is held against a withdrawal until the commit. The consent is locked before the
    referral, in the order in which withdrawals lock them. Raises ConsentementManquant, Injoignable when the ledger does not
    answer, TransitionInterdite, PartenaireInadapte, DispositifExclusif, and what `decide` raises.
    """
    vue = await store.find(session, actor, orientation_id)
    avant = vue.orientation.valeur()
    service.verifier_action(actor, vue.orientation, action, version)
    decide(avant, action, COTES[action], now, motif=motif)
    if action in RETOURS and vue.dossier.etat == EtatDossier.clos:
        raise service.DossierNonQualifie(_("Ce dossier est clos : rien ne s’y rouvre."))
    if not vue.partenaire.actif:
        raise service.PartenaireInadapte(_("Ce partenaire ne reçoit plus d’orientations."))
    # The delays are those that the partner gives on the day of the sending.
    delai = await delais(session, avant.partenaire_id, avant.dispositif)
    question = ConsentementPermis(
        dossier_id=avant.dossier_id,
        destinataire_id=avant.partenaire_id,
        finalite=service.FINALITE,
        categories=avant.categories,
        acteur=ActeurDemandeur.of(actor),
        objet_id=avant.id,
    )
    permis = await ask(nats, service.SERVICE, question)
    await dossiers.tenir_consentement(
        session,
        permis.consentement_id,
        dossier_id=avant.dossier_id,
        destinataire_id=avant.partenaire_id,
        finalite=service.FINALITE,
        categories=avant.categories,
        now=now,
    )
    seule = await exclusif(session, avant.dispositif)
    if seule:
        await _etre_seule(session, avant)
    row = await store.lock(session, actor, orientation_id)
    service.verifier_action(actor, row, action, version)
    avant = replace(row.valeur(), jours=delai.reponse, lecture=delai.lecture)
    decision = decide(avant, action, COTES[action], now, motif=motif)
    row.consentement_id, row.exclusif = permis.consentement_id, seule
    await service.appliquer(session, row, decision, action, actor, now)
    return row


async def exclusif(session: AsyncSession, code: str) -> bool:
    """Whether a dispositif takes one open referral of a case at a time, as the catalogue says now."""
    dispositif = (await courant(session)).dispositifs.get(code)
    return dispositif is not None and dispositif.exclusif


async def _etre_seule(session: AsyncSession, orientation: Orientation) -> None:
    """No other of its kind is open: the case is held until the end of the transaction, so that two never both see none."""
    await dossiers.verrouiller(session, orientation.dossier_id)
    if await store.autre_ouverte(session, orientation):
        raise DispositifExclusif(
            _("Attendez la fin de l’orientation en cours vers ce dispositif, annulez-la, ou choisissez un autre appui.")
        )
