"""Use cases: read by the link, ask for a code, enter with it; renew and revoke, for the sender. None of them commits."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit, outbox, sessions_store
from common.actor import Actor, Role
from common.codes import EtatOrientation
from common.errors import Interdit, Introuvable
from common.events.liens import LienCodeDemande
from common.isolation import as_the_hub
from common.requests_liens import AdresseLien
from common.sessions import Fin
from common.traduction import _
from orientation.fiches import store as fiches
from orientation.liens import domain, store
from orientation.liens.models import LienRow
from orientation.liens.suivi import SERVICE, envoyer
from orientation.orientations import service as orientations
from orientation.orientations.domain import OUVERTES, Cote
from orientation.orientations.models import OrientationRow
from orientation.orientations.store import Vue
from orientation.orientations.store import find as find_orientation
from orientation.orientations.store import lock as lock_orientation

ACCUEIL = "/orientation/lien"
LIEN = f"{ACCUEIL}/"
OCTETS = 32


@dataclass(frozen=True, slots=True)
class Situation:
    """What the sender sees of a referral's link. `adresse`: the partner's sheet has one; `etat` is None before the first.

    `injoignable_depuis`: mails do not arrive at that address since then, for what servers say.
    """

    adresse: bool
    etat: domain.Etat | None
    expire_at: datetime | None = None
    vu_at: datetime | None = None
    injoignable_depuis: datetime | None = None
    injoignable_cause: str | None = None


def acteur_de(lien: LienRow, nom_affiche: str = "") -> Actor:
    """Who acts by a link: for the partner, on that one referral."""
    return Actor(
        id=str(lien.id),
        roles=frozenset({Role.lien}),
        organisation_id=lien.partenaire_id,
        nom_affiche=nom_affiche,
        orientation_id=lien.orientation_id,
    )


async def trouver(session: AsyncSession, jeton: str, now: datetime, *, lock: bool = False) -> LienRow:
    """The link of a token, looked up by the hub itself before anybody acts. Raises LienClos."""
    row = await store.find(session, domain.empreinte(jeton), lock=lock)
    domain.ouvrir(row.valeur() if row else None, now)
    assert row is not None  # noqa: S101 - it would not have opened.
    return row


async def lire(session: AsyncSession, actor: Actor, now: datetime) -> tuple[Vue, domain.Lien, bool]:
    """The referral of a link as it may be read without a code, the link, and whether the partner has an account by now.

    The reading is recorded. Raises Introuvable when the referral was closed meanwhile.
    """
    if actor.orientation_id is None or (lien := await store.of_orientation(session, actor.orientation_id)) is None:
        raise Introuvable
    vue = await find_orientation(session, actor, actor.orientation_id)
    row = vue.orientation
    await audit.write(session, SERVICE, actor, "lien.lire", actor.id, now=now, dossier_id=row.dossier_id)
    return vue, lien.valeur(), await store.a_des_membres(session, row.partenaire_id)


async def demander_code(session: AsyncSession, jeton: str, now: datetime) -> None:
    """Have a code mailed to the partner's registered address. Raises LienClos, LienVerrouille, TropDeCodes, LienInutile."""
    row = await trouver(session, jeton, now, lock=True)
    row.codes, row.codes_depuis = domain.compter_code(row.valeur(), now)
    if not await store.adresse_sans_compte(session, row.partenaire_id):
        raise domain.LienInutile(_("Connectez-vous avec votre compte, ou adressez-vous à la cellule régionale."))
    row.version += 1
    event = LienCodeDemande(lien_id=row.id, orientation_id=row.orientation_id, partenaire_id=row.partenaire_id)
    outbox.record(session, event, sequence=row.version, now=now)
    await audit.write(session, SERVICE, acteur_de(row), "lien.demander_code", row.id, now=now)


async def entrer(session: AsyncSession, jeton: str, cle: bytes, saisi: str, now: datetime) -> LienRow | None:
    """The link, if that is its code, which serves once; None otherwise, counted: it must be committed, so it is no error.

    Raises LienClos, LienVerrouille.
    """
    row = await trouver(session, jeton, now, lock=True)
    if row.valeur().etat(now) is domain.Etat.verrouille:
        raise domain.LienVerrouille(_("Demandez à la cellule régionale de vous envoyer un nouveau lien."))
    row.version += 1
    # Whoever has an account by now signs in: the link was for an organisation without one.
    if domain.code_juste(row.valeur(), cle, saisi, now) and not await store.a_des_membres(session, row.partenaire_id):
        row.code, row.code_expire_at, row.essais, row.vu_at = None, None, 0, now
        return row
    row.essais += 1
    action = "lien.verrouiller" if row.essais >= domain.ESSAIS_MAX else "lien.refuser_code"
    await audit.write(session, SERVICE, acteur_de(row), action, row.id, now=now)
    return None


async def adresse_du_lien(session: AsyncSession, lien_id: UUID, public_url: str, now: datetime) -> AdresseLien:
    """Where to write to, with a link drawn for this very mail. Raises Introuvable when nothing is to be sent any more."""
    row, adresse = await _a_envoyer(session, lien_id, now)
    jeton = secrets.token_urlsafe(OCTETS)
    row.empreintes = [*row.empreintes, domain.empreinte(jeton)][-domain.LIENS_GARDES :]
    return adresse.model_copy(update={"lien": f"{public_url}{LIEN}{jeton}"})


async def adresse_du_code(session: AsyncSession, lien_id: UUID, public_url: str, cle: bytes, now: datetime) -> AdresseLien:
    """The same with a code drawn for this very mail, which alone counts from now on. Raises Introuvable."""
    row, adresse = await _a_envoyer(session, lien_id, now)
    code = f"{secrets.randbelow(10**domain.CODE_CHIFFRES):0{domain.CODE_CHIFFRES}d}"
    row.code, row.code_expire_at = domain.empreinte_du_code(cle, row.id, code), now + domain.CODE_DUREE
    return adresse.model_copy(update={"code": code, "lien": f"{public_url}{ACCUEIL}"})


async def situation(session: AsyncSession, row: OrientationRow, now: datetime) -> Situation | None:
    """What the sender is shown of the link of an open referral; None where the partner has an account."""
    if EtatOrientation(row.etat) not in OUVERTES or await store.a_des_membres(session, row.partenaire_id):
        return None
    lien = await store.of_orientation(session, row.id)
    fiche = await fiches.fiche(session, row.partenaire_id)
    vue = Situation(bool(fiche and fiche.courriel), None)
    if fiche and fiche.courriel:
        vue = replace(vue, injoignable_depuis=fiche.injoignable_depuis, injoignable_cause=fiche.injoignable_cause)
    return vue if lien is None else replace(vue, etat=lien.valeur().etat(now), expire_at=lien.expire_at, vu_at=lien.vu_at)


async def renouveler(session: AsyncSession, actor: Actor, orientation_id: UUID, now: datetime) -> LienRow:
    """Have another link mailed, which replaces the last one, unlocked. Raises Introuvable, Interdit, LienInutile."""
    row = await _de_l_emetteur(session, actor, orientation_id)
    if EtatOrientation(row.etat) not in OUVERTES or not await store.adresse_sans_compte(session, row.partenaire_id):
        raise domain.LienInutile(_("Le partenaire a un compte, ou sa fiche n’a pas de courriel, ou l’orientation est close."))
    lien = await store.of_orientation(session, row.id, lock=True)
    return await envoyer(session, row, lien, actor, "lien.renouveler", now, renouveler=True)


async def retirer(session: AsyncSession, actor: Actor, orientation_id: UUID, now: datetime) -> None:
    """Let the link open nothing any more, and end what was entered by it. Raises Introuvable, Interdit."""
    row = await _de_l_emetteur(session, actor, orientation_id)
    lien = await store.of_orientation(session, row.id, lock=True)
    if lien is None or lien.retire_at or lien.clos_at:
        return
    lien.oublier()
    lien.retire_at, lien.version = now, lien.version + 1
    async with as_the_hub(session):
        await sessions_store.end_of_persons(session, [str(lien.id)], Fin.retrait, actor, now)
    await audit.write(session, SERVICE, actor, "lien.retirer", lien.id, now=now, dossier_id=row.dossier_id)


async def _de_l_emetteur(session: AsyncSession, actor: Actor, orientation_id: UUID) -> OrientationRow:
    row = await lock_orientation(session, actor, orientation_id)
    if Cote.emetteur not in orientations.cotes(actor, row):
        raise Interdit(_("Seul l’émetteur décide de ce lien."))
    return row


async def _a_envoyer(session: AsyncSession, lien_id: UUID, now: datetime) -> tuple[LienRow, AdresseLien]:
    trouve = await store.lock_a_envoyer(session, lien_id)
    if trouve is None or trouve[0].valeur().etat(now) is not domain.Etat.actif:
        raise Introuvable
    row, partenaire, courriel = trouve
    if await store.a_des_membres(session, partenaire.id):
        raise Introuvable
    return row, AdresseLien(courriel=courriel, organisation=partenaire.libelle, lien="")
