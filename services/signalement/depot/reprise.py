"""Use cases of a form that is set aside: have its link mailed, open it by link and code, have another mail sent."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit, outbox
from common.actor import SYSTEM
from common.codes_echanges import CauseRetour
from common.errors import Erreur, Introuvable
from common.events.signalement import BrouillonMisDeCote
from common.requests import AdresseBrouillon
from common.traduction import N_, _
from signalement.depot import domain, store
from signalement.depot.domain import hash_of
from signalement.depot.etapes import Saisies
from signalement.depot.models import Brouillon
from signalement.depot.service import new_key
from signalement.espace.domain import code_of


class TropDeCourriels(Erreur):
    """This address was written to too often: nobody may have it flooded."""

    status, slug, titre = 429, "trop-de-courriels", N_("Trop de liens ont été demandés pour cette adresse.")


async def mettre_de_cote(session: AsyncSession, brouillon: Brouillon, courriel: str, key: bytes, now: datetime) -> UUID:
    """Put a form away from its browser, which cannot open it any more, until it is resumed by the link of a mail.

    Returns the mail's id. Raises TropDeCourriels.
    """
    if await store.mails_since(session, courriel, now - domain.MAILS_WINDOW) >= domain.MAX_MAILS:
        raise TropDeCourriels(_("Réessayez dans une heure. Vos réponses restent dans ce navigateur."), champ="courriel")
    # A key that nobody holds.
    brouillon.cle = hash_of(new_key())
    brouillon.courriel = courriel
    brouillon.expire_le = now + domain.SET_ASIDE
    return _ecrire(session, brouillon, key, now)


async def redemander(session: AsyncSession, courriel: str, key: bytes, now: datetime) -> None:
    """Have another mail sent for each form that waits for this address, unless that was asked for too often.

    The links of earlier mails end. Says nothing: the answer must be the same whether a form waits or not.
    """
    waiting = await store.lock_by_address(session, courriel, now)
    left = domain.MAX_MAILS - await store.mails_since(session, courriel, now - domain.MAILS_WINDOW)
    for brouillon in waiting[: max(left, 0)]:
        _ecrire(session, brouillon, key, now)


def _ecrire(session: AsyncSession, brouillon: Brouillon, key: bytes, now: datetime) -> UUID:
    lately = brouillon.demande_le is not None and brouillon.demande_le > now - domain.MAILS_WINDOW
    envoi_id = uuid4()
    brouillon.envoi_id, brouillon.lien = envoi_id, hash_of(domain.lien_of(key, envoi_id))
    brouillon.envois = brouillon.envois + 1 if lately else 1
    brouillon.demande_le, brouillon.essais, brouillon.injoignable_cause = now, 0, None
    event = BrouillonMisDeCote(envoi_id=envoi_id, expire_le=brouillon.expire_le)
    outbox.record(session, event, sequence=1, now=now)
    return envoi_id


async def injoignable(session: AsyncSession, envoi_id: UUID, now: datetime) -> CauseRetour | None:
    """Why this mail did not arrive; None as long as nothing says so, and once another has replaced it."""
    row = await store.of_mail(session, envoi_id, now)
    return CauseRetour(row.injoignable_cause) if row and row.injoignable_cause else None


async def reprendre(
    session: AsyncSession, lien: str, typed: str, key: bytes, now: datetime
) -> tuple[str, dict[str, Saisies]] | None:
    """Open the form of a link with its code, once: the key for this browser's cookie, and what was typed.

    None when it does not, the try counted.
    None rather than an error, because an error would take the count back with the transaction.
    """
    row = await store.lock_by_lien(session, hash_of(lien), now)
    if row is None or row.envoi_id is None:
        return None
    state = domain.Lien(envoi_id=row.envoi_id, expire_le=row.expire_le, essais=row.essais)
    if not domain.opens(state, key, typed, now):
        if domain.is_open(state, now):
            row.essais += 1
        return None
    new = new_key()
    row.cle, row.lien, row.envoi_id, row.essais = hash_of(new), None, None, 0
    row.injoignable_cause = None
    return new, row.saisies


async def adresse(session: AsyncSession, envoi_id: UUID, *, public_url: str, key: bytes, now: datetime) -> AdresseBrouillon:
    """Where this mail goes, with its link and code; asked again, the same. Raises Introuvable once it leads nowhere."""
    row = await store.of_mail(session, envoi_id, now)
    if row is None or row.courriel is None:
        raise Introuvable
    await audit.write(session, "signalement", SYSTEM, "brouillon.ecrire", envoi_id, now=now)
    return AdresseBrouillon(
        courriel=row.courriel,
        lien=f"{public_url}/signalement/signaler/reprendre/{domain.lien_of(key, envoi_id)}",
        code=code_of(key, envoi_id),
        expire_le=row.expire_le,
    )
