"""Use cases of the ledger: ask, answer, withdraw, let expire. The moment of a fact is read once its row is held."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit, outbox
from common.actor import SYSTEM, Actor
from common.clock import Clock, new_id
from common.codes import Categorie, Droit, EtatConsentement, Finalite, ModeConsentement
from signalement.consentements import domain, store, textes
from signalement.consentements.models import Consentement
from signalement.espace import service as espace
from signalement.personnes import service as personnes
from signalement.personnes import store as personnes_store

SWEEP_SIZE = 500


def as_domain(row: Consentement) -> domain.Consentement:
    """The row as its rules see it."""
    return domain.Consentement(
        id=row.id,
        dossier_id=row.dossier_id,
        destinataire_id=row.destinataire_id,
        finalite=row.finalite,
        categories=tuple(Categorie(categorie) for categorie in row.categories),
        etat=row.etat,
        texte_version=row.texte_version,
        expire_le=row.expire_le,
        repondu_le=row.repondu_le,
        fini_le=row.fini_le,
    )


async def demander(
    session: AsyncSession,
    dossier_id: UUID,
    destinataire_id: UUID,
    destinataire: str,
    finalite: Finalite,
    categories: Sequence[Categorie],
    clock: Clock,
) -> Consentement | None:
    """Ask the association, and have it written to; None when the question is open already, or a consent covers it.

    After a refusal, a withdrawal or an expiry this is a new question: the old row is never taken up again.
    """
    wanted = domain.in_order(tuple(categories))
    known = await store.open_or_given(session, dossier_id, destinataire_id, finalite, wanted)
    now = clock()
    for row in known:
        if row.etat is EtatConsentement.donne and not as_domain(row).holds(now):
            await _apply(session, SYSTEM, row, "expirer", now)
        else:
            return None
    texte = textes.texte_of(textes.VERSION, finalite, destinataire, wanted)
    asked = Consentement(
        id=new_id(),
        dossier_id=dossier_id,
        destinataire_id=destinataire_id,
        finalite=finalite,
        categories=[str(categorie) for categorie in wanted],
        etat=EtatConsentement.demande,
        texte=texte,
        texte_version=textes.VERSION,
        texte_empreinte=textes.empreinte_of(texte),
        demande_le=now,
        version=0,
    )
    # What has just expired leaves its place to the new question before it is written.
    await session.flush()
    session.add(asked)
    await session.flush()
    await _audit(session, SYSTEM, "consentement.demander", asked, now)
    for personne in await personnes_store.who_may(session, dossier_id, Droit.consentir):
        await espace.ecrire(session, personne, "consentement_demande", now)
    return asked


async def repondre(
    session: AsyncSession, actor: Actor, consentement_id: UUID, action: str, clock: Clock, texte_version: str | None = None
) -> EtatConsentement:
    """Whoever of the association may consent gives, refuses or withdraws. From the commit of a withdrawal on, the door is shut.

    Raises Introuvable, DroitManquant, and what `domain.decide` raises.
    """
    row = await store.lock(session, actor, consentement_id)
    await personnes.exiger(session, actor, Droit.consentir)
    now = clock()
    await _apply(session, actor, row, action, now, texte_version)
    return row.etat


async def expirer(session: AsyncSession, clock: Clock) -> int:
    """Close the consents whose end has come. Returns how many; call again while it is `SWEEP_SIZE`."""
    rows = await store.lock_expired(session, clock(), SWEEP_SIZE)
    for row in rows:
        await _apply(session, SYSTEM, row, "expirer", clock())
    return len(rows)


async def _apply(
    session: AsyncSession, actor: Actor, row: Consentement, action: str, now: datetime, texte_version: str | None = None
) -> None:
    new, events = domain.decide(as_domain(row), action, now, texte_version)
    row.etat, row.expire_le, row.repondu_le, row.fini_le = new.etat, new.expire_le, new.repondu_le, new.fini_le
    if action == "donner":
        row.mode = ModeConsentement.en_ligne
    row.version += 1
    for event in events:
        outbox.record(session, event, sequence=row.version, now=now)
    await _audit(session, actor, f"consentement.{action}", row, now)


async def _audit(session: AsyncSession, actor: Actor, action: str, row: Consentement, now: datetime) -> None:
    await audit.write(
        session,
        "signalement",
        actor,
        action,
        row.id,
        now=now,
        dossier_id=row.dossier_id,
        finalite=row.finalite,
        consentement_id=row.id,
        categories=[Categorie(categorie) for categorie in row.categories],
    )
