"""The door: everything confidential that leaves this service passes here, on a consent held while it passes.

The answer, the consent it rests on and the audit entry are one transaction. The consent's row is shared until the end of
it: whoever withdraws waits for the disclosures that began before, and those that come after the withdrawal find nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit
from common.clock import Clock
from common.codes import Categorie, Finalite
from common.errors import ConsentementManquant, Interdit
from common.requests import ConsentementPermis, Divulgation, DossierDivulguer, Permis
from signalement.consentements import store
from signalement.consentements.service import as_domain
from signalement.signalements import service as signalements

PERMIT_LIFE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Passage:
    """A disclosure allowed: on which consent, under which entry of the log, at which moment."""

    consentement_id: UUID
    entree_id: UUID
    at: datetime


async def divulguer(session: AsyncSession, demande: DossierDivulguer, clock: Clock) -> Divulgation:
    """The content of the categories asked for, all of them covered by one consent now.

    A referral is opened by its recipient itself, never for another organisation. Raises ConsentementManquant, Interdit.
    """
    if demande.finalite is Finalite.orientation and demande.acteur.organisation_id != demande.destinataire_id:
        raise Interdit
    passage = await _pass(session, demande, "dossier.ouvrir", clock)
    return await signalements.contenu(session, demande.dossier_id, passage.consentement_id, demande.categories)


async def permettre(session: AsyncSession, demande: ConsentementPermis, clock: Clock) -> Permis:
    """A permit for one disclosure that begins within two seconds; its id is that of its entry in the log.

    Raises ConsentementManquant.
    """
    passage = await _pass(session, demande, "consentement.permettre", clock)
    return Permis(permis_id=passage.entree_id, consentement_id=passage.consentement_id, expire_le=passage.at + PERMIT_LIFE)


async def _pass(session: AsyncSession, demande: DossierDivulguer | ConsentementPermis, action: str, clock: Clock) -> Passage:
    """Hold a consent that covers the demand, and write the entry. Shut unless everything says yes."""
    if not demande.categories:
        raise ConsentementManquant
    row = await store.share(session, demande.dossier_id, demande.destinataire_id, demande.finalite, demande.categories)
    now = clock()
    if row is None or not as_domain(row).holds(now):
        raise ConsentementManquant
    entree_id = await audit.write(
        session,
        "signalement",
        demande.acteur.actor(),
        action,
        demande.objet_id,
        now=now,
        dossier_id=demande.dossier_id,
        finalite=demande.finalite,
        consentement_id=row.id,
        categories=[Categorie(categorie) for categorie in demande.categories],
    )
    return Passage(row.id, entree_id, now)
