"""What a link is worth, and its code: until when, how often it may be tried and asked for. Pure."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from common.errors import Conflit, Introuvable
from common.traduction import N_

DUREE = timedelta(days=30)
"""Each mail about the referral carries a new link and counts anew: reminders keep a partner that works on it in touch."""
LIENS_GARDES = 3
"""A mail that is tried again carries a new link; those before it still open, in case they arrived after all."""
CODE_CHIFFRES = 8
CODE_DUREE = timedelta(minutes=10)
ESSAIS_MAX = 5
"""Wrong tries over all codes, until one is right: asking for another code gives no more of them."""
CODES_MAX = 5
CODES_FENETRE = timedelta(hours=1)


class Etat(StrEnum):
    """Where a link stands."""

    actif = "actif"
    verrouille = "verrouille"
    expire = "expire"
    retire = "retire"
    clos = "clos"


class LienClos(Introuvable):
    """The link opens nothing (any more): the same answer whatever the reason, since it may have been guessed."""

    slug, titre = "lien-clos", N_("Ce lien n’est plus valable.")


class LienVerrouille(Conflit):
    """Too many wrong codes were typed."""

    slug, titre = "lien-verrouille", N_("Ce lien est verrouillé : trop de codes inexacts ont été saisis.")


class TropDeCodes(Conflit):
    """Codes were asked for too often."""

    slug, titre = "trop-de-codes", N_("Trop de codes ont été demandés.")


class LienInutile(Conflit):
    """The partner has an account or no address, or the referral is not open: no link is for it."""

    slug, titre = "lien-inutile", N_("Aucun lien ne peut être envoyé pour cette orientation.")


@dataclass(frozen=True, slots=True)
class Lien:
    """What decides whether a link opens. `essais` are the wrong codes since the last right one."""

    id: UUID
    expire_at: datetime
    retire_at: datetime | None = None
    clos_at: datetime | None = None
    essais: int = 0
    code: bytes | None = None
    code_expire_at: datetime | None = None
    codes: int = 0
    codes_depuis: datetime | None = None

    def etat(self, now: datetime) -> Etat:
        """Where it stands at `now`."""
        if self.clos_at:
            return Etat.clos
        if self.retire_at:
            return Etat.retire
        if now >= self.expire_at:
            return Etat.expire
        return Etat.verrouille if self.essais >= ESSAIS_MAX else Etat.actif


def ouvrir(lien: Lien | None, now: datetime) -> Lien:
    """The link, if it still shows anything; a locked one does, and does no more. Raises LienClos, whatever the reason."""
    if lien is None or lien.etat(now) not in (Etat.actif, Etat.verrouille):
        raise LienClos(N_("Demandez à la cellule régionale qui vous l’a adressé de vous en envoyer un autre."))
    return lien


def compter_code(lien: Lien, now: datetime) -> tuple[int, datetime]:
    """One more code asked for: how many in the window that began when. Raises LienVerrouille, TropDeCodes."""
    if lien.etat(now) is Etat.verrouille:
        raise LienVerrouille(N_("Demandez à la cellule régionale de vous envoyer un nouveau lien."))
    if lien.codes_depuis is None or now - lien.codes_depuis >= CODES_FENETRE:
        return 1, now
    if lien.codes >= CODES_MAX:
        raise TropDeCodes(N_("Attendez une heure, et regardez vos messages indésirables."))
    return lien.codes + 1, lien.codes_depuis


def cle_de(secret: str) -> bytes:
    """The key under which codes are hashed, drawn from the service's secret for this use alone: eight digits are few."""
    return hmac.digest(secret.encode(), b"relais/orientation/code-de-lien/v1", "sha256")


def empreinte_du_code(cle: bytes, lien_id: UUID, code: str) -> bytes:
    """What is kept of a code."""
    return hmac.digest(cle, lien_id.bytes + code.encode(), "sha256")


def empreinte(jeton: str) -> bytes:
    """What is kept of a link: 256 bits are not guessed, so a plain hash is enough."""
    return hashlib.sha256(jeton.encode()).digest()


def code_juste(lien: Lien, cle: bytes, saisi: str, now: datetime) -> bool:
    """Whether what was typed (spaces allowed) is the code of this link now. A locked link has none."""
    if lien.etat(now) is not Etat.actif or lien.code is None or lien.code_expire_at is None or now >= lien.code_expire_at:
        return False
    chiffres = "".join(c for c in saisi if c in "0123456789")
    return hmac.compare_digest(empreinte_du_code(cle, lien.id, chiffres), lien.code)
